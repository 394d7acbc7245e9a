"""JSON Lines: a document for each snapshot, or for each step of series."""

from collections.abc import Iterable, Iterator

from ..history.points import HistoryRange
from ..history.series import SeriesMode
from ..models import Snapshot
from ..serialization import plain_number, to_json, wire_time
from .base import Series, SeriesFormat


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Write a document a line, each as the API lists it."""
    for snapshot in snapshots:
        yield f"{snapshot.body_in_list}\n".encode()


def write_series(series: Series, asked: HistoryRange, mode: SeriesMode) -> Iterator[bytes]:
    """Write one object a line for each step: its time, and the values and certainties by metric."""
    for i, start in enumerate(asked.starts):
        points = {metric.key: found[i] for metric, found in series.items()}
        values = {key: plain_number(point.value) for key, point in points.items()}
        certainty = {key: point.certainty for key, point in points.items()}
        line = to_json({"time": wire_time(start), "values": values, "certainty": certainty})
        yield f"{line}\n".encode()


JSON_LINES = SeriesFormat("jsonl", "JSON Lines", "application/jsonl", "jsonl", write_snapshots, write_series=write_series)
