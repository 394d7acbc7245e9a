"""What a format is: how it is called, and how it writes snapshots and series."""

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
    """One format.

    `name` is its name in query strings and on the command line, `label` the one for people, `suffix` the end of a file's name.
    What is written is a stream of UTF-8.
    """

    name: str
    label: str
    media_type: str
    suffix: str
    write_snapshots: SnapshotWriter

    def file_name(self, stem: str) -> str:
        """Return the name of a file in this format."""
        return f"{stem}.{self.suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFormat(Format):
    """A format that series can be written in as well."""

    write_series: SeriesWriter
