"""Read gauges by step: out of snapshots or their rollups, and before the first of them as the sum of events."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from ..models import EventCoverage, EventRollup, GaugeRollup
from .event_points import count_events
from .metric import Metric
from .points import Certainty, HistoryRange, Point
from .steps import Step

Placed = tuple[Metric, int, Point]


def read_gauges(metrics: Sequence[Metric], edges: Sequence[datetime], asked: HistoryRange) -> dict[Metric, list[Point]]:
    """Read gauges by step; before its first snapshot a gauge is what its events add up to."""
    points = {metric: [Point()] * (len(edges) - 1) for metric in metrics}
    if not metrics:
        return {}
    measured = _measured_in_snapshots if asked.step is Step.QUARTER else _measured_by_hour
    for metric, i, point in measured(metrics, edges, asked):
        points[metric][i] = point
    for metric, rebuilt in _rebuilt([metric for metric in metrics if _has_gaps(points[metric])], edges, asked).items():
        for i, point in enumerate(rebuilt):
            points[metric][i] = points[metric][i] if points[metric][i].value is not None else point
    return points


def _measured_in_snapshots(metrics: Sequence[Metric], edges: Sequence[datetime], asked: HistoryRange) -> Iterator[Placed]:
    for i, start in enumerate(edges[:-1]):
        document = asked.documents.get(start, {})
        for metric in metrics:
            if (value := metric.value_in(document)) is not None:
                yield metric, i, Point.measured(value)


def _measured_by_hour(metrics: Sequence[Metric], edges: Sequence[datetime], asked: HistoryRange) -> Iterator[Placed]:
    by_key = {metric.key: metric for metric in metrics}
    for key, i, last, least, greatest in GaugeRollup.objects.using(asked.using).by_step(list(by_key), edges):
        yield by_key[key], i, Point(last, Certainty.MEASURED, least, greatest)


def _has_gaps(points: Sequence[Point]) -> bool:
    return any(point.value is None for point in points)


def _rebuilt(metrics: Sequence[Metric], edges: Sequence[datetime], asked: HistoryRange) -> dict[Metric, list[Point]]:
    """Add events up for the steps that end before the first snapshot of a gauge."""
    summed = [metric for metric in metrics if metric.events]
    covered = asked.coverage if summed else None
    if covered is None or not covered.is_complete:
        return {}
    first = GaugeRollup.objects.using(asked.using).first_hours([metric.key for metric in summed])
    ends = {
        metric: [end for end in edges[1:] if end <= min(first.get(metric.key, covered.until), covered.until)]
        for metric in summed
    }
    summed = [metric for metric in summed if ends[metric] and ends[metric][-1] > covered.since]
    if not summed:
        return {}
    happened = count_events(summed, [edges[0], *max((ends[metric] for metric in summed), key=len)], asked)
    keys = sorted({key for metric in summed for key in metric.events})
    before = EventRollup.objects.using(asked.using).before(keys, edges[0])
    totals = {metric: sum(before.get(key, 0) for key in metric.events) for metric in summed}
    return {metric: _totals(totals[metric], happened[metric], ends[metric], covered) for metric in summed}


def _totals(total: int, happened: Counter[int], ends: Sequence[datetime], covered: EventCoverage) -> list[Point]:
    points = []
    for i, end in enumerate(ends):
        total += happened[i]
        points.append(Point(float(total), Certainty.REBUILT) if end > covered.since else Point())
    return points
