"""Points of metrics by step, out of the rollups: measured, rebuilt, or not known."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import router

from ..models import EventCoverage, GaugeRollup, Snapshot
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
class HistoryRange:
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
