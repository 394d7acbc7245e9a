"""The OpenMetrics format, which Prometheus reads: https://prometheus.io/docs/specs/om/open_metrics_spec/."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO

from ..catalogue.statistic import Unit
from ..history.metric import Metric
from ..history.metrics import GAUGES
from ..models import Snapshot
from .base import Format

PREFIX = "workspace"
# OpenMetrics requires the name of a metric with a unit to end with that unit.
_UNITS = {Unit.BYTES: "bytes"}
_BLOCK = 1 << 16


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Yield one metric family per gauge, with one timestamped sample per snapshot.

    The format requires the samples of a family to be contiguous. Each family is therefore collected in a temporary file, so
    that memory use does not depend on the number of snapshots.
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
    """Return the name of a metric in Prometheus style: `totalMessages` becomes `workspace_total_messages`."""
    # The suffix `_total` is reserved for counters.
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
