"""The interface of an export format: its names, its media type, and its writers for snapshots and series."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..history.metric import Metric
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode
from ..models import Snapshot

Series = Mapping[Metric, Sequence[Point]]
SnapshotWriter = Callable[[Iterable[Snapshot]], Iterator[bytes]]
SeriesWriter = Callable[[Series, HistoryRange, SeriesMode], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """An export format for snapshots.

    `name` identifies it in query strings and on the command line, `label` is its display name, `suffix` its file extension.
    The writers yield chunks of UTF-8 text.
    """

    name: str
    label: str
    media_type: str
    suffix: str
    write_snapshots: SnapshotWriter

    def file_name(self, stem: str) -> str:
        """Return a file name with the extension of this format."""
        return f"{stem}.{self.suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFormat(Format):
    """An export format that supports series as well."""

    write_series: SeriesWriter
