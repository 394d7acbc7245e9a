"""Series of metrics: values, or changes, in the steps of a zone; what is not known is None, what was rebuilt says so."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from .metrics import Metric, Nature
from .points import Certainty, Point, Range, event_points, gauge_points


class Shown(StrEnum):
    """What a point shows: the value, or how it differs from the step before."""

    VALUE = "value"
    CHANGE = "change"


def series(metrics: Sequence[Metric], asked: Range, shown: Shown) -> dict[Metric, list[Point]]:
    """Give a point for each step of each metric; the number of queries does not grow with that of the metrics."""
    if shown is Shown.CHANGE:
        read = _values(metrics, asked.with_one_before, asked)
        return {metric: [_change(*pair) for pair in pairwise(points)] for metric, points in read.items()}
    return _values(metrics, asked.bounds, asked)


def _change(earlier: Point, later: Point) -> Point:
    """Say how a point differs from the one before; the change is as certain as the less certain of the two."""
    if earlier.value is None or later.value is None:
        return Point()
    rebuilt = Certainty.REBUILT in (earlier.certainty, later.certainty)
    return Point(later.value - earlier.value, Certainty.REBUILT if rebuilt else Certainty.MEASURED)


def _values(metrics: Sequence[Metric], edges: Sequence[datetime], asked: Range) -> dict[Metric, list[Point]]:
    gauges = [metric for metric in metrics if metric.nature is Nature.GAUGE]
    events = [metric for metric in metrics if metric.nature is Nature.EVENT]
    # Totals are rebuilt out of the same events, and of no more steps.
    found = event_points(events, edges, asked) | gauge_points(gauges, edges, asked)
    return {metric: found[metric] for metric in metrics}
