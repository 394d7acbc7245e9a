"""Points of event metrics: the number of events in each step, summed from the rollups by quarter of an hour."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from ..models import EventCoverage, EventRollup
from ..sources.event_kinds import REMOVAL
from ..sources.loading import chat_source
from .event_book import kind_of
from .metric import Metric
from .points import Certainty, HistoryRange, Point


def read_events(
    metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> dict[Metric, list[Point]]:
    """Return a point for each step of each event metric: 0 for a covered step without events, unknown for one not covered."""
    coverage = history_range.coverage if metrics else None
    if coverage is None:
        return {metric: [Point()] * (len(bounds) - 1) for metric in metrics}
    counts = count_events(metrics, bounds, history_range)
    declared = {str(kind) for kind in chat_source(timezone.now()).event_kinds()}
    points = {}
    for metric in metrics:
        is_declared = any(kind_of(key.removeprefix(REMOVAL)) in declared for key in metric.events)
        points[metric] = [
            # What was declared once is still known.
            Point(float(counts[metric][i]), certainty)
            if _is_known(metric, certainty) and (is_declared or counts[metric][i])
            else Point()
            for i, certainty in enumerate(certainties(bounds, coverage))
        ]
    return points


def certainties(bounds: Sequence[datetime], coverage: EventCoverage) -> list[Certainty | None]:
    """Return how certain the events of each step are; None for a step that is not covered."""
    return [
        _certainty(start, coverage) if end > coverage.since and start < coverage.until else None
        for start, end in pairwise(bounds)
    ]


def _is_known(metric: Metric, certainty: Certainty | None) -> bool:
    """Return whether a step's number is known: rows do not tell what was removed before it was counted."""
    return certainty is Certainty.MEASURED or (certainty is Certainty.REBUILT and not metric.counts_removals)


def count_events(
    metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> dict[Metric, Counter[int]]:
    """Return the number of events, less removals for gauges, by metric and step; cached counts of as many steps are reused."""
    cache = history_range.event_cache
    cache_keys = {key: (key, bounds[0]) for metric in metrics for key, _ in metric.signed_events}
    missing = sorted(key for key, cache_key in cache_keys.items() if cache.get(cache_key, (0,))[0] < len(bounds))
    if missing:
        cache.update({cache_keys[key]: (len(bounds), Counter()) for key in missing})
        for key, i, number in EventRollup.objects.using(history_range.using).by_step(missing, bounds):
            cache[cache_keys[key]][1][i] += number
    return {metric: _added([(cache[cache_keys[key]][1], sign) for key, sign in metric.signed_events]) for metric in metrics}


def _added(counters: "Sequence[tuple[Counter[int], int]]") -> "Counter[int]":
    added: Counter[int] = Counter()
    for counter, sign in counters:
        for i, number in counter.items():
            added[i] += sign * number
    return added


def _certainty(start: datetime, coverage: EventCoverage) -> Certainty:
    return Certainty.REBUILT if start < coverage.measured_since else Certainty.MEASURED
