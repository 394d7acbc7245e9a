"""Snapshots in OpenMetrics, as Prometheus reads them: https://prometheus.io/docs/specs/om/open_metrics_spec/."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO

from ..catalogue.statistics import Unit
from ..history.metric import Metric
from ..history.metrics import GAUGES
from ..models import Snapshot
from .base import Format

PREFIX = "workspace"
# A unit of OpenMetrics has to end the name.
_UNITS = {Unit.BYTES: "bytes"}
_BLOCK = 1 << 16


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Write every gauge as a family of its own, one sample a snapshot with its time.

    Samples of a family have to stand together, so each is gathered in a file; the memory that it takes does not grow.
    """
    with ExitStack() as open_files:
        files = {metric: open_files.enter_context(tempfile.TemporaryFile()) for metric in GAUGES}
        for snapshot in snapshots:
            for metric, file in files.items():
                if (value := metric.value_in(snapshot.document)) is not None:
                    line = f"{name_of(metric)} {value:.15g} {snapshot.created_at.timestamp():.3f}\n"
                    file.write(line.encode())
        for metric, file in files.items():
            yield from _family(metric, file)
        yield b"# EOF\n"


def name_of(metric: Metric) -> str:
    """Name a metric as Prometheus does: `totalMessages` is `workspace_total_messages`."""
    # At the end of a name `total` would mean a counter.
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\.", "_", metric.key).lower().removesuffix("_total")
    unit = _UNITS.get(metric.unit)
    return "_".join([PREFIX, words, *([unit] if unit else [])])


def _family(metric: Metric, file: IO[bytes]) -> Iterator[bytes]:
    if file.tell() == 0:
        return
    name, unit = name_of(metric), _UNITS.get(metric.unit)
    yield f"# TYPE {name} gauge\n".encode()
    if unit:
        yield f"# UNIT {name} {unit}\n".encode()
    yield f"# HELP {name} {_escaped(metric.definition)}\n".encode()
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


OPENMETRICS = Format(
    "openmetrics",
    "OpenMetrics",
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
    "om.txt",
    write_snapshots,
)
