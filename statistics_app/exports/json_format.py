"""The JSON format: an array of snapshot documents, or one object with the series of all metrics."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..history.annotations import annotations_of
from ..history.metric import Metric, MetricKind
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode
from ..models import Snapshot
from ..serialization import plain_number, to_json, wire_time
from .base import Series, SeriesFormat


def write_snapshots(snapshots: Iterable[Snapshot]) -> Iterator[bytes]:
    """Yield one array of documents, each as `statistics.list` returns it."""
    separator = "["
    for snapshot in snapshots:
        yield f"{separator}{snapshot.body_in_list}".encode()
        separator = ",\n"
    yield b"[]\n" if separator == "[" else b"]\n"


def write_series(series: Series, history_range: HistoryRange, mode: SeriesMode) -> Iterator[bytes]:
    """Yield one object with the start times of the steps, the values of each metric in the same order, and the annotations."""
    document = series_document(series, history_range, mode)
    yield to_json({**document, "annotations": _annotations(series, history_range), "success": True}).encode()


def series_document(series: Series, history_range: HistoryRange, mode: SeriesMode) -> dict[str, Any]:
    """Return the start times of the steps and, for each metric, its values in the same order."""
    return {
        "since": wire_time(history_range.starts[0]),
        "until": wire_time(history_range.bounds[-1]),
        "step": history_range.step,
        "tz": history_range.zone.key,
        "as": mode,
        "times": [wire_time(start) for start in history_range.starts],
        "series": [_entry(metric, points, mode) for metric, points in series.items()],
    }


def _entry(metric: Metric, points: Sequence[Point], mode: SeriesMode) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "metric": metric.key,
        "label": metric.label,
        "unit": metric.unit,
        "values": [plain_number(point.value) for point in points],
        "certainty": [point.certainty for point in points],
    }
    if metric.kind is MetricKind.GAUGE and mode is SeriesMode.VALUE:
        entry["aggregate"] = metric.aggregate
        entry["least"] = [plain_number(point.least) for point in points]
        entry["greatest"] = [plain_number(point.greatest) for point in points]
    return entry


def _annotations(series: Series, history_range: HistoryRange) -> list[dict[str, Any]]:
    return [
        {"metric": metric.key, "since": wire_time(one.since), "until": wire_time(one.until), "text": one.text}
        for metric, one in annotations_of(series, history_range)
    ]


JSON = SeriesFormat("json", "JSON", "application/json", "json", write_snapshots, write_series=write_series)
