"""Series of metrics by step, as values or as changes; unknown values are None, and each point carries its certainty."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from .metric import Metric
from .points import HistoryRange, Point


class SeriesMode(StrEnum):
    """What a point represents: the value, or its change from the previous step."""

    VALUE = "value"
    CHANGE = "change"


def series(metrics: Sequence[Metric], history_range: HistoryRange, mode: SeriesMode) -> dict[Metric, list[Point]]:
    """Return a point for each step of each metric; the number of queries does not depend on the number of metrics."""
    if mode is SeriesMode.CHANGE:
        values = _values(metrics, history_range.bounds_with_previous, history_range)
        return {metric: [_change(*pair) for pair in pairwise(points)] for metric, points in values.items()}
    return _values(metrics, history_range.bounds, history_range)


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
