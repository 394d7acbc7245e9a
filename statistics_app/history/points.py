"""Points of metrics by step, out of the rollups: measured, rebuilt, or not known."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import router

from ..models import EventCoverage, EventRollup, GaugeRollup, Snapshot
from .metrics import Metric
from .steps import Step, before, bounds


class Certainty(StrEnum):
    """Where a point comes from."""

    MEASURED = "measured"
    REBUILT = "rebuilt"


@dataclass(frozen=True, slots=True)
class Point:
    """One step of one metric; `least` and `greatest` are those of a gauge within the step."""

    value: float | None = None
    certainty: Certainty | None = None
    least: float | None = None
    greatest: float | None = None

    @classmethod
    def measured(cls, value: float | None) -> "Point":
        """Make the point of one measured value, or of none."""
        return cls() if value is None else cls(value, Certainty.MEASURED, value, value)


@dataclass(frozen=True)
class Range:
    """Which time is asked for, in which steps of which zone."""

    since: datetime
    until: datetime
    step: Step
    zone: ZoneInfo
    using: str = field(default_factory=lambda: router.db_for_read(GaugeRollup))

    @cached_property
    def bounds(self) -> list[datetime]:
        """The beginning of each step, and the end of the last."""
        return bounds(self.since, self.until, self.step, self.zone)

    @property
    def starts(self) -> list[datetime]:
        """The beginning of each step."""
        return self.bounds[:-1]

    @cached_property
    def with_one_before(self) -> list[datetime]:
        """The bounds with those of the step before, which the first change is counted from."""
        return [before(self.bounds[0], self.step, self.zone), *self.bounds]

    @cached_property
    def documents(self) -> dict[datetime, dict[str, Any]]:
        """What the last snapshot of each step says, by the step's beginning, the one before the first among them."""
        edges = self.with_one_before
        found = Snapshot.objects.using(self.using).last_in_each(edges)
        return {edges[i]: snapshot.document for i, snapshot in found.items()}

    @cached_property
    def coverage(self) -> EventCoverage | None:
        """Of which time the events are counted."""
        return EventCoverage.objects.using(self.using).first()

    @cached_property
    def events_read(self) -> "dict[tuple[str, datetime], tuple[int, Counter[int]]]":
        """What was read of events: by key and first bound how many bounds, and how much in each step."""
        return {}


Placed = tuple[Metric, int, Point]


def event_points(metrics: Sequence[Metric], edges: Sequence[datetime], asked: Range) -> dict[Metric, list[Point]]:
    """Count events by step; a step that is covered and in which nothing happened is 0, one that is not covered unknown."""
    covered = asked.coverage if metrics else None
    if covered is None:
        return {metric: [Point()] * (len(edges) - 1) for metric in metrics}
    happened = _happened(metrics, edges, asked)
    certainty = [
        _certainty(start, covered) if end > covered.since and start < covered.until else None for start, end in pairwise(edges)
    ]
    return {
        metric: [Point(float(happened[metric][i]), sure) if sure else Point() for i, sure in enumerate(certainty)]
        for metric in metrics
    }


def _certainty(start: datetime, covered: EventCoverage) -> Certainty:
    return Certainty.REBUILT if start < covered.measured_since else Certainty.MEASURED


def _happened(metrics: Sequence[Metric], edges: Sequence[datetime], asked: Range) -> dict[Metric, Counter[int]]:
    """Count what happened by metric and step; what was read for as many steps is not read again."""
    keys = {key: (key, edges[0]) for metric in metrics for key in metric.events}
    missing = sorted(key for key, place in keys.items() if asked.events_read.get(place, (0,))[0] < len(edges))
    if missing:
        asked.events_read.update({keys[key]: (len(edges), Counter()) for key in missing})
        for key, i, number in EventRollup.objects.using(asked.using).by_step(missing, edges):
            asked.events_read[keys[key]][1][i] += number
    return {metric: sum((asked.events_read[keys[key]][1] for key in metric.events), Counter()) for metric in metrics}


def gauge_points(metrics: Sequence[Metric], edges: Sequence[datetime], asked: Range) -> dict[Metric, list[Point]]:
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


def _measured_in_snapshots(metrics: Sequence[Metric], edges: Sequence[datetime], asked: Range) -> Iterator[Placed]:
    for i, start in enumerate(edges[:-1]):
        document = asked.documents.get(start, {})
        for metric in metrics:
            if (value := metric.value_in(document)) is not None:
                yield metric, i, Point.measured(value)


def _measured_by_hour(metrics: Sequence[Metric], edges: Sequence[datetime], asked: Range) -> Iterator[Placed]:
    by_key = {metric.key: metric for metric in metrics}
    for key, i, last, least, greatest in GaugeRollup.objects.using(asked.using).by_step(list(by_key), edges):
        yield by_key[key], i, Point(last, Certainty.MEASURED, least, greatest)


def _has_gaps(points: Sequence[Point]) -> bool:
    return any(point.value is None for point in points)


def _rebuilt(metrics: Sequence[Metric], edges: Sequence[datetime], asked: Range) -> dict[Metric, list[Point]]:
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
    happened = _happened(summed, [edges[0], *max((ends[metric] for metric in summed), key=len)], asked)
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
