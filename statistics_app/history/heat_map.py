"""When messages are written: how many in each hour of the week of a time zone."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from ..models import EventRollup
from ..models.events import PER_WEEK
from ..sources.quarters import QUARTER
from .metrics import MESSAGES
from .steps import quarter_at, quarter_number

DAYS, HOURS = 7, 24
PER_HOUR, PER_DAY = PER_WEEK // (DAYS * HOURS), PER_WEEK // DAYS
# 1970 began on a Thursday.
_SINCE_MONDAY = 3 * PER_DAY


@dataclass(frozen=True)
class HeatMap:
    """The messages of each hour of the week, from Monday, and for how many quarters of an hour clocks showed it.

    Where clocks change, an hour is shorter or longer, comes twice, or is left out.
    """

    messages: Sequence[int]
    quarters: Sequence[int]

    @cached_property
    def averages(self) -> list[float | None]:
        """The average number of messages in each hour of the week; None for an hour that did not occur."""
        return [_rate(number, quarters, PER_HOUR) for number, quarters in zip(self.messages, self.quarters, strict=True)]

    @property
    def by_hour(self) -> list[float | None]:
        """The average number of messages in each hour of the day."""
        return [_rate(sum(self.messages[n::HOURS]), sum(self.quarters[n::HOURS]), PER_HOUR) for n in range(HOURS)]

    @property
    def by_weekday(self) -> list[float | None]:
        """The average number of messages in each day of the week."""
        days = [slice(n * HOURS, (n + 1) * HOURS) for n in range(DAYS)]
        return [_rate(sum(self.messages[day]), sum(self.quarters[day]), PER_DAY) for day in days]

    def quietest(self, hours: int) -> tuple[int, float] | None:
        """Return the first of so many hours in a row with the fewest messages, and their average; None if an hour is unknown.

        Of several that are as quiet, it is the one with the quietest hours around it: in the middle of a quiet night.
        """
        if None in self.averages:
            return None
        known = [average or 0.0 for average in self.averages]

        def around(first: int, more: int) -> float:
            return sum(known[n % len(known)] for n in range(first - more, first + hours + more))

        first = min(range(len(known)), key=lambda n: [around(n, more) for more in range(HOURS // 2)])
        return first, around(first, 0) / hours


def heat_map(since: datetime, until: datetime, zone: ZoneInfo, using: str) -> HeatMap:
    """Return how many messages were written when; both ends of the time range are those of quarters of an hour."""
    first, end = quarter_number(since), quarter_number(until)
    changes = _offsets(first, end, zone)
    starts = [start for start, _ in changes]
    messages, quarters = [0] * PER_WEEK, [0] * PER_WEEK
    for i, quarter, number in EventRollup.objects.using(using).by_quarter_of_week(
        MESSAGES, [quarter_at(bound) for bound in (*starts, end)]
    ):
        messages[(quarter + changes[i][1] + _SINCE_MONDAY) % PER_WEEK] += number
    for (start, offset), stop in zip(changes, [*starts[1:], end], strict=True):
        weeks, rest = divmod(stop - start, PER_WEEK)
        for n in range(PER_WEEK):
            quarters[(start + n + offset + _SINCE_MONDAY) % PER_WEEK] += weeks + (n < rest)
    return HeatMap(_by_hour(messages), _by_hour(quarters))


def _offsets(first: int, end: int, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Return each quarter of an hour since which a zone has another offset from UTC, and that in quarters, from the first."""
    changes = [(first, _offset(first, zone))]
    for day in range(first, end, PER_DAY):
        quarters, before = range(day, min(day + PER_DAY, end - 1) + 1), changes[-1][1]
        if _offset(quarters[-1], zone) != before:
            start = quarters[bisect_left(quarters, 1, key=lambda quarter: _offset(quarter, zone) != before)]
            changes.append((start, _offset(start, zone)))
    return changes


def _offset(quarter: int, zone: ZoneInfo) -> int:
    local = quarter_at(quarter).astimezone(zone)
    return (local.utcoffset() or 0 * QUARTER) // QUARTER


def _by_hour(quarters: Sequence[int]) -> list[int]:
    return [sum(quarters[n : n + PER_HOUR]) for n in range(0, len(quarters), PER_HOUR)]


def _rate(number: int, quarters: int, per: int) -> float | None:
    return number * per / quarters if quarters else None
