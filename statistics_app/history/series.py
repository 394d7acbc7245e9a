"""Series of metrics: values, or changes, in the steps of a zone; what is not known is None, what was rebuilt says so."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from .metric import Metric
from .points import Certainty, HistoryRange, Point


class SeriesMode(StrEnum):
    """What a point shows: the value, or how it differs from the step before."""

    VALUE = "value"
    CHANGE = "change"


def series(metrics: Sequence[Metric], asked: HistoryRange, shown: SeriesMode) -> dict[Metric, list[Point]]:
    """Give a point for each step of each metric; the number of queries does not grow with that of the metrics."""
    if shown is SeriesMode.CHANGE:
        read = _values(metrics, asked.with_one_before, asked)
        return {metric: [_change(*pair) for pair in pairwise(points)] for metric, points in read.items()}
    return _values(metrics, asked.bounds, asked)


def _change(earlier: Point, later: Point) -> Point:
    """Say how a point differs from the one before; the change is as certain as the less certain of the two."""
    if earlier.value is None or later.value is None:
        return Point()
    rebuilt = Certainty.REBUILT in (earlier.certainty, later.certainty)
    return Point(later.value - earlier.value, Certainty.REBUILT if rebuilt else Certainty.MEASURED)


def _values(metrics: Sequence[Metric], edges: Sequence[datetime], asked: HistoryRange) -> dict[Metric, list[Point]]:
    """Read all metrics of one kind together; events first, since gauges are rebuilt out of the same ones."""
    found: dict[Metric, list[Point]] = {}
    for read in dict.fromkeys(metric.read for metric in sorted(metrics, key=lambda metric: metric.kind)):
        found |= read([metric for metric in metrics if metric.read is read], edges, asked)
    return {metric: found[metric] for metric in metrics}
