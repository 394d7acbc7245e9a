"""Read events by step: how much happened in each, out of the rollups by quarters of an hour."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from ..models import EventCoverage, EventRollup
from .metric import Metric
from .points import Certainty, HistoryRange, Point


def read_events(metrics: Sequence[Metric], edges: Sequence[datetime], asked: HistoryRange) -> dict[Metric, list[Point]]:
    """Count events by step; a step that is covered and in which nothing happened is 0, one that is not covered unknown."""
    covered = asked.coverage if metrics else None
    if covered is None:
        return {metric: [Point()] * (len(edges) - 1) for metric in metrics}
    happened = count_events(metrics, edges, asked)
    certainty = [
        _certainty(start, covered) if end > covered.since and start < covered.until else None for start, end in pairwise(edges)
    ]
    return {
        metric: [Point(float(happened[metric][i]), sure) if sure else Point() for i, sure in enumerate(certainty)]
        for metric in metrics
    }


def count_events(metrics: Sequence[Metric], edges: Sequence[datetime], asked: HistoryRange) -> dict[Metric, Counter[int]]:
    """Count what happened by metric and step; what was read for as many steps is not read again."""
    keys = {key: (key, edges[0]) for metric in metrics for key in metric.events}
    missing = sorted(key for key, place in keys.items() if asked.events_read.get(place, (0,))[0] < len(edges))
    if missing:
        asked.events_read.update({keys[key]: (len(edges), Counter()) for key in missing})
        for key, i, number in EventRollup.objects.using(asked.using).by_step(missing, edges):
            asked.events_read[keys[key]][1][i] += number
    return {metric: sum((asked.events_read[keys[key]][1] for key in metric.events), Counter()) for metric in metrics}


def _certainty(start: datetime, covered: EventCoverage) -> Certainty:
    return Certainty.REBUILT if start < covered.measured_since else Certainty.MEASURED
