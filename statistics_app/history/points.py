"""Points of a series, and the time range that they are read for."""

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
    """The origin of a point: measured here, rebuilt from older rows of the chat, or reported by a server that was imported.

    What a snapshot has is measured, and what was counted as it happened.
    """

    MEASURED = "measured"
    REBUILT = "rebuilt"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a metric in one step, None if unknown; `least` and `greatest` are a gauge's extremes within the step."""

    value: float | None = None
    certainty: Certainty | None = None
    least: float | None = None
    greatest: float | None = None

    @property
    def is_second_hand(self) -> bool:
        """Whether the value was rebuilt or reported instead of measured."""
        return self.certainty in (Certainty.REBUILT, Certainty.REPORTED)

    @classmethod
    def measured(cls, value: float | None) -> "Point":
        """Return the point for a single measured value; None gives an unknown point."""
        return cls() if value is None else cls(value, Certainty.MEASURED, value, value)


@dataclass(frozen=True)
class HistoryRange:
    """A time range, divided into steps of a time zone, with the data that readers of several metrics share."""

    since: datetime
    until: datetime
    step: Step
    zone: ZoneInfo
    using: str = field(default_factory=lambda: router.db_for_read(GaugeRollup))

    @cached_property
    def bounds(self) -> list[datetime]:
        """The start of each step, and the end of the last."""
        return bounds(self.since, self.until, self.step, self.zone)

    @property
    def starts(self) -> list[datetime]:
        """The start of each step."""
        return self.bounds[:-1]

    @cached_property
    def bounds_with_previous(self) -> list[datetime]:
        """The bounds, preceded by the start of the previous step, which the first change is computed from."""
        return [before(self.bounds[0], self.step, self.zone), *self.bounds]

    @cached_property
    def documents(self) -> dict[datetime, dict[str, Any]]:
        """The document of the last snapshot in each step, including the previous step, by the start of the step."""
        starts = self.bounds_with_previous
        snapshots = Snapshot.objects.using(self.using).last_in_each(starts)
        return {starts[i]: snapshot.document for i, snapshot in snapshots.items()}

    @cached_property
    def coverage(self) -> EventCoverage | None:
        """The time range whose events are counted; None if counting has not begun."""
        return EventCoverage.objects.using(self.using).first()

    @cached_property
    def event_cache(self) -> "dict[tuple[str, datetime], tuple[int, Counter[int]]]":
        """A cache of event counts: (event key, first bound) to (number of bounds, events by number of the step)."""
        return {}
