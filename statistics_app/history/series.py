"""Series of metrics: values, or changes, in the steps of a zone; what is not known is None, what was rebuilt says so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import router

from ..models import EventCoverage, EventRollup, GaugeRollup, Snapshot
from .metrics import Metric, Nature
from .steps import Step, before, bounds


class Shown(StrEnum):
    """What a point shows: the value, or how it differs from the step before."""

    VALUE = "value"
    CHANGE = "change"


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


def series(metric: Metric, asked: Range, shown: Shown) -> list[Point]:
    """Give a point for each step."""
    read = _events if metric.nature is Nature.EVENT else _gauges
    if shown is Shown.CHANGE:
        return [_change(*pair) for pair in pairwise(read(metric, asked.with_one_before, asked))]
    return read(metric, asked.bounds, asked)


def _change(earlier: Point, later: Point) -> Point:
    """Say how a point differs from the one before; the change is as certain as the less certain of the two."""
    if earlier.value is None or later.value is None:
        return Point()
    rebuilt = Certainty.REBUILT in (earlier.certainty, later.certainty)
    return Point(later.value - earlier.value, Certainty.REBUILT if rebuilt else Certainty.MEASURED)


def _events(metric: Metric, edges: Sequence[datetime], asked: Range) -> list[Point]:
    """Count events by step; a step that is covered and in which nothing happened is 0, one that is not covered unknown."""
    covered = asked.coverage
    if covered is None:
        return [Point()] * (len(edges) - 1)
    found = dict(EventRollup.objects.using(asked.using).by_step(metric.events, edges))
    return [
        Point(float(found.get(i, 0)), _certainty(start, covered)) if end > covered.since and start < covered.until else Point()
        for i, (start, end) in enumerate(pairwise(edges))
    ]


def _certainty(start: datetime, covered: EventCoverage) -> Certainty:
    return Certainty.REBUILT if start < covered.measured_since else Certainty.MEASURED


def _gauges(metric: Metric, edges: Sequence[datetime], asked: Range) -> list[Point]:
    """Read a gauge by step; before its first snapshot it is what its events add up to."""
    rolled_up = GaugeRollup.objects.using(asked.using)
    points = [Point()] * (len(edges) - 1)
    if asked.step is Step.QUARTER:
        for i, start in enumerate(edges[:-1]):
            if (value := metric.value_in(asked.documents.get(start, {}))) is not None:
                points[i] = Point(value, Certainty.MEASURED, value, value)
    else:
        for i, last, least, greatest in rolled_up.by_step(metric.key, edges):
            points[i] = Point(last, Certainty.MEASURED, least, greatest)
    if all(point.value is not None for point in points):
        return points
    first = rolled_up.first_hour(metric.key)
    for i, point in enumerate(_rebuilt(metric, edges, asked, first)):
        points[i] = points[i] if points[i].value is not None else point
    return points


def _rebuilt(metric: Metric, edges: Sequence[datetime], asked: Range, first: datetime | None) -> list[Point]:
    """Add events up for the steps that end before the first snapshot."""
    covered = asked.coverage
    if covered is None or not covered.is_complete or not metric.events:
        return []
    until = min(first or covered.until, covered.until)
    steps = [end for end in edges[1:] if end <= until]
    if not steps or steps[-1] <= covered.since:
        return []
    events = EventRollup.objects.using(asked.using)
    found = dict(events.by_step(metric.events, [edges[0], *steps]))
    total, points = events.before(metric.events, edges[0]), []
    for i, end in enumerate(steps):
        total += found.get(i, 0)
        points.append(Point(float(total), Certainty.REBUILT) if end > covered.since else Point())
    return points
