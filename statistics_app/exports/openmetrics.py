"""The OpenMetrics format, which Prometheus reads: https://prometheus.io/docs/specs/om/open_metrics_spec/."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import IO, Any

import msgspec

from ..catalogue.statistic import Unit
from ..history.metric import Metric, value_at_path
from ..history.metrics import GAUGES
from ..models import Snapshot
from .base import Format

PREFIX = "workspace"
# OpenMetrics requires the name of a metric with a unit to end with that unit.
_UNITS = {Unit.BYTES: "bytes"}
_BLOCK = 1 << 16
_BATCH = 100
_NUMBERS = frozenset({int, float})


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Yield one metric family per gauge, with one timestamped sample per snapshot.

    The format requires the samples of a family to be contiguous. Each family is therefore collected in a temporary file, so
    that memory use does not depend on the number of snapshots.
    """
    with ExitStack() as open_files:
        families = [_Family(metric, open_files.enter_context(tempfile.TemporaryFile())) for metric in GAUGES]
        rows = iter(snapshots)
        while batch := list(islice(rows, _BATCH)):
            _collect(batch, families)
        for family in families:
            yield from family.read()
        yield b"# EOF\n"


@cache
def name_of(metric: Metric) -> str:
    """Return the name of a metric in Prometheus style: `totalMessages` becomes `workspace_total_messages`."""
    # The suffix `_total` is reserved for counters.
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\.", "_", metric.key).lower().removesuffix("_total")
    unit = _UNITS.get(metric.unit)
    return "_".join([PREFIX, words, *([unit] if unit else [])])


@dataclass(frozen=True, slots=True)
class _Family:
    """The samples of one gauge, collected in a file."""

    metric: Metric
    file: IO[bytes]

    def append(self, values: Sequence[Any], times: Sequence[str]) -> None:
        """Append a sample for each value that is a number."""
        name = name_of(self.metric)
        # The exact types exclude booleans, and comparing them is quick: there are millions of values.
        lines = [f"{name} {value} {time}\n" for value, time in zip(values, times, strict=True) if type(value) in _NUMBERS]
        self.file.write("".join(lines).encode())

    def read(self) -> Iterator[bytes]:
        """Yield the description of the gauge, and its samples; nothing if there are none."""
        if self.file.tell() == 0:
            return
        name, unit = name_of(self.metric), _UNITS.get(self.metric.unit)
        yield f"# TYPE {name} gauge\n".encode()
        if unit:
            yield f"# UNIT {name} {unit}\n".encode()
        yield f"# HELP {name} {_escaped(self.metric.definition)}\n".encode()
        self.file.seek(0)
        while block := self.file.read(_BLOCK):
            yield block


# Decoding only what gauges are read from, without a dictionary, takes less than half the time that json takes.
_ROOTS = tuple(dict.fromkeys(metric.key.partition(".")[0] for metric in GAUGES))
_decoded = msgspec.json.Decoder(msgspec.defstruct("_Document", [(root, Any, None) for root in _ROOTS])).decode
_values = attrgetter(*_ROOTS)


def _collect(snapshots: Sequence[Snapshot], families: Sequence[_Family]) -> None:
    """Append a sample of each snapshot to each family; each document is decoded once, and each time is written once."""
    columns = zip(*(_values(_decoded(snapshot.body)) for snapshot in snapshots), strict=True)
    by_root = dict(zip(_ROOTS, columns, strict=True))
    times = [f"{snapshot.created_at.timestamp():.3f}" for snapshot in snapshots]
    for family in families:
        root, *path = family.metric.key.split(".")
        values: Sequence[Any] = by_root[root]
        for part in path:
            values = [value_at_path(value, part) for value in values]
        family.append(values, times)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


OPENMETRICS = Format(
    "openmetrics",
    "OpenMetrics",
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
    "om.txt",
    write_snapshots,
)
