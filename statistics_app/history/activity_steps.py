"""The numbers of people in the steps of a time range, as points: by step, in rolling windows, and by what they did before."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from ..models import EventCoverage
from . import activity
from .active_points import known_since
from .activity import GONE_AFTER, Activity, Movement
from .event_points import certainties, read_events
from .metrics import BY_KEY
from .points import Certainty, HistoryRange, Point
from .reported_people import Reported, local_date, read_reported, reported_point
from .small_cells import is_hidden, shown
from .steps import Step
from .steps import bounds as bounds_of

# The days of the windows in which people are counted: a day, a week, and what stands for a month, with as many of each weekday.
WINDOWS = (1, 7, 28)
_LONGEST = WINDOWS[-1]
_DAY = timedelta(days=1)
_SENT = BY_KEY["sentMessages"]


@dataclass(frozen=True)
class ActivitySteps:
    """The people of steps of whole days; each number is read once, and only when it is asked for.

    A step is unknown if it is not known who was active in it. Days that are not over are in no window.
    """

    kind: Activity
    bounds: Sequence[datetime]
    history_range: HistoryRange
    coverage: EventCoverage

    def people(self) -> list[Point]:
        """Return the number of people who were active in each step."""
        points = self._known([shown(people) for people in self._people])
        if self.history_range.step is not Step.DAY:
            return points
        reported = [self._reported(1, days) for days in self._days_of_steps]
        return [one if known else other for one, known, other in zip(points, self._certainties, reported, strict=True)]

    def per_person(self) -> list[Point]:
        """Return the number of messages in each step, divided by that of the people who were active."""
        sent = read_events([_SENT], self.bounds, self.history_range)[_SENT]
        return self._known(
            [
                point.value / people if point.value and people and not is_hidden(people) else None
                for point, people in zip(sent, self._people, strict=True)
            ]
        )

    def moved(self, name: str) -> list[Point]:
        """Return the number of people who did in each step what a field of Movement says.

        The people who came are all hidden if one of their numbers is: it would follow from the others and the sum.
        """
        hidden = [name != "gone" and any(map(is_hidden, (one.new, one.stayed, one.back))) for one in self._movements]
        numbers = [shown(getattr(one, name)) for one in self._movements]
        return self._known([None if hide else number for hide, number in zip(hidden, numbers, strict=True)])

    def in_window(self, length: int) -> list[Point]:
        """Return the numbers of people active in so many days up to each day: of the days of each step, their average."""
        points = []
        for certainty, days in zip(self._certainties, self._days_of_steps, strict=True):
            numbers = self._numbers(length, days)
            if numbers and not any(map(is_hidden, numbers)):
                least, greatest = float(min(numbers)), float(max(numbers))
                points.append(Point(sum(numbers) / len(numbers), certainty, least, greatest))
            else:
                points.append(Point() if numbers else self._reported(length, days))
        return points

    def stickiness(self) -> list[Point]:
        """Return the people of a day as a share of those of the longest window, in percent, over the days of each step."""
        shares = []
        for days in self._days_of_steps:
            many = self._numbers(_LONGEST, days)
            few = self._numbers(1, days)[-len(many) :] if many else []
            shares.append(100 * sum(few) / sum(many) if sum(many) and not any(map(is_hidden, few)) else None)
        return self._known(shares)

    @cached_property
    def _certainties(self) -> list[Certainty | None]:
        since = known_since(self.kind, self.coverage)
        return [
            certainty if since and end > since else None
            for certainty, end in zip(certainties(self.bounds, self.coverage), self.bounds[1:], strict=True)
        ]

    def _known(self, values: Sequence[float | None]) -> list[Point]:
        return [
            Point(float(value), certainty) if certainty and value is not None else Point()
            for value, certainty in zip(values, self._certainties, strict=True)
        ]

    @cached_property
    def _people(self) -> list[int]:
        return activity.people_by_step(self.kind, self.bounds, self.history_range.using, self.coverage.past)

    @cached_property
    def _days(self) -> list[datetime]:
        """The bounds of the days up to the end of what is covered, from as long before the steps as anything looks back."""
        since = self.bounds[0] - max(_LONGEST, GONE_AFTER) * _DAY
        return bounds_of(since, max(min(self.bounds[-1], self.coverage.until), since + _DAY), Step.DAY, self.history_range.zone)

    @cached_property
    def _movements(self) -> list[Movement]:
        return activity.movements(self._days, self.bounds, self.history_range.using)

    @cached_property
    def _windows(self) -> dict[int, list[int]]:
        return activity.rolling_people(self.kind, self._days, WINDOWS, self.history_range.using)

    @cached_property
    def _days_of_steps(self) -> list[range]:
        """The numbers of the days of each step that are over."""
        over = bisect_left(self._days, self.coverage.until + timedelta.resolution) - 1
        edges = [min(bisect_left(self._days, bound), over) for bound in self.bounds]
        return [range(first, end) for first, end in pairwise(edges)]

    @cached_property
    def _reported_numbers(self) -> Reported:
        """What an imported server reported of the people present, for the steps of which nothing is known."""
        if self.kind is not Activity.PRESENT or all(self._certainties):
            return {}
        return read_reported(self.bounds, self.history_range.zone, self.history_range.using)

    def _reported(self, length: int, days: range) -> Point:
        dates = [local_date(self._days[day], self.history_range.zone) for day in days]
        return reported_point(self._reported_numbers, length, dates)

    def _numbers(self, length: int, days: range) -> list[int]:
        """Return the people of a window up to each of some days, without those of which a part of the window is not known."""
        since = known_since(self.kind, self.coverage)
        if since is None:
            return []
        # Of a complete history, it is known that nobody wrote before.
        is_complete = self.coverage.is_complete and self.kind is Activity.WROTE
        first = bisect_right(self._days, since) - 1 if is_complete else bisect_left(self._days, since) + length - 1
        return [self._windows[length][day] for day in days if day >= first]
