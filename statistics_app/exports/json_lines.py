"""The JSON Lines format: one line per snapshot, or one line per step of the series."""

from collections.abc import Iterable, Iterator

from ..history.points import HistoryRange
from ..history.series import SeriesMode
from ..models import Snapshot
from ..serialization import plain_number, to_json, wire_time
from .base import Series, SeriesFormat


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Yield one document per line, each as `statistics.list` returns it."""
    for snapshot in snapshots:
        yield f"{snapshot.body_in_list}\n".encode()


def write_series(series: Series, history_range: HistoryRange, mode: SeriesMode) -> Iterator[bytes]:
    """Yield one object per step and line: the start time, and the values and certainties by metric key."""
    for i, start in enumerate(history_range.starts):
        points = {metric.key: points_of_metric[i] for metric, points_of_metric in series.items()}
        values = {key: plain_number(point.value) for key, point in points.items()}
        certainty = {key: point.certainty for key, point in points.items()}
        line = to_json({"time": wire_time(start), "values": values, "certainty": certainty})
        yield f"{line}\n".encode()


JSON_LINES = SeriesFormat("jsonl", "JSON Lines", "application/jsonl", "jsonl", write_snapshots, write_series=write_series)
