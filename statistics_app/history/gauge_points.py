"""Points of gauge metrics: from snapshots or their rollups, and before the first of these as running sums of events."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from ..catalogue.statistic import Aggregate
from ..models import EventCoverage, EventRollup, GaugeRollup, GaugeSummary
from .event_points import count_events
from .metric import Metric
from .points import Certainty, HistoryRange, Point
from .steps import Step

_VALUE: dict[Aggregate, Callable[[GaugeSummary], float]] = {
    Aggregate.LAST: lambda summary: summary.last,
    Aggregate.AVERAGE: lambda summary: summary.average,
    Aggregate.PEAK: lambda summary: summary.greatest,
}
# A metric, the number of a step, and the point of that step.
MetricPoint = tuple[Metric, int, Point]


def read_gauges(
    metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> dict[Metric, list[Point]]:
    """Return a point for each step of each gauge; before its first snapshot, a gauge is rebuilt as the sum of its events."""
    points = {metric: [Point()] * (len(bounds) - 1) for metric in metrics}
    if not metrics:
        return {}
    measured = _measured_in_snapshots if history_range.step is Step.QUARTER_HOUR else _measured_by_hour
    for metric, i, point in measured(metrics, bounds, history_range):
        points[metric][i] = point
    for metric, rebuilt in _rebuilt([metric for metric in metrics if _has_gaps(points[metric])], bounds, history_range).items():
        for i, point in enumerate(rebuilt):
            points[metric][i] = points[metric][i] if points[metric][i].value is not None else point
    return points


def _measured_in_snapshots(
    metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> Iterator[MetricPoint]:
    for i, start in enumerate(bounds[:-1]):
        document = history_range.documents.get(start, {})
        for metric in metrics:
            if (value := metric.value_in(document)) is not None:
                yield metric, i, Point.measured(value)


def _measured_by_hour(
    metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> Iterator[MetricPoint]:
    by_key = {metric.key: metric for metric in metrics}
    for key, i, summary in GaugeRollup.objects.using(history_range.using).by_step(list(by_key), bounds):
        value = _VALUE[by_key[key].aggregate](summary)
        yield by_key[key], i, Point(value, Certainty.MEASURED, summary.least, summary.greatest)


def _has_gaps(points: Sequence[Point]) -> bool:
    return any(point.value is None for point in points)


def _rebuilt(metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange) -> dict[Metric, list[Point]]:
    """Return the points of gauges rebuilt from events, for the steps that end before our first snapshot with that gauge."""
    summable = [metric for metric in metrics if metric.events]
    coverage = history_range.coverage if summable else None
    if coverage is None or not coverage.is_complete:
        return {}
    since = GaugeRollup.objects.using(history_range.using).measured_since([metric.key for metric in summable])
    ends = {
        metric: [end for end in bounds[1:] if end <= min(since.get(metric.key, coverage.until), coverage.until)]
        for metric in summable
    }
    summable = [metric for metric in summable if ends[metric] and ends[metric][-1] > coverage.since]
    if not summable:
        return {}
    counts = count_events(summable, [bounds[0], *max((ends[metric] for metric in summable), key=len)], history_range)
    keys = sorted({key for metric in summable for key, _ in metric.signed_events})
    before = EventRollup.objects.using(history_range.using).before(keys, bounds[0])
    totals = {metric: sum(sign * before.get(key, 0) for key, sign in metric.signed_events) for metric in summable}
    return {metric: _totals(totals[metric], counts[metric], ends[metric], coverage) for metric in summable}


def _totals(total: int, counts: Counter[int], ends: Sequence[datetime], coverage: EventCoverage) -> list[Point]:
    points = []
    for i, end in enumerate(ends):
        total += counts[i]
        points.append(Point(float(total), Certainty.REBUILT) if end > coverage.since else Point())
    return points
