"""Series of metrics by step, as values or as changes; unknown values are None, and each point carries its certainty."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from .metric import Metric, MetricKind
from .points import HistoryRange, Point
from .servers import steps_between_servers


class SeriesMode(StrEnum):
    """What a point represents: the value, or its change from the previous step."""

    VALUE = "value"
    CHANGE = "change"


def series(metrics: Sequence[Metric], history_range: HistoryRange, mode: SeriesMode) -> dict[Metric, list[Point]]:
    """Return a point for each step of each metric; the number of queries does not depend on the number of metrics."""
    if mode is SeriesMode.CHANGE:
        bounds = history_range.bounds_with_previous
        values = _values(metrics, bounds, history_range)
        apart = steps_between_servers(bounds, history_range.using)
        return {metric: _changes(points, apart if metric.kind is MetricKind.GAUGE else ()) for metric, points in values.items()}
    return _values(metrics, history_range.bounds, history_range)


def _changes(points: Sequence[Point], apart: Collection[int]) -> list[Point]:
    """Return the difference of each point from the one before; none where the two may be of different servers."""
    return [Point() if step in apart else _change(*pair) for step, pair in enumerate(pairwise(points), start=1)]


def _change(earlier: Point, later: Point) -> Point:
    """Return the difference of two points; it is as certain as the less certain of the two."""
    if earlier.value is None or later.value is None:
        return Point()
    weakest = earlier if earlier.is_second_hand else later
    return Point(later.value - earlier.value, weakest.certainty)


def _values(metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange) -> dict[Metric, list[Point]]:
    """Read all metrics of one kind together; events first, because rebuilt gauges reuse their cached counts."""
    points: dict[Metric, list[Point]] = {}
    for read in dict.fromkeys(metric.read for metric in sorted(metrics, key=lambda metric: metric.kind)):
        points |= read([metric for metric in metrics if metric.read is read], bounds, history_range)
    return {metric: points[metric] for metric in metrics}
