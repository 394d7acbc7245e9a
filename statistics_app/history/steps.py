"""Division of a time range into quarters of an hour, or hours to years of a time zone, across clock changes."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ..conf import WEEKDAYS, setting
from ..sources.quarters import QUARTER

HOUR = timedelta(hours=1)


class Step(StrEnum):
    """The length of a step; all but the shortest are those of the time zone. Weeks begin as the setting WEEK_START says."""

    QUARTER_HOUR = "15min"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


# The minimum length of each step, used to choose one; a clock change can make a day one hour shorter.
MIN_DURATION = {
    Step.QUARTER_HOUR: QUARTER,
    Step.HOUR: HOUR,
    Step.DAY: timedelta(hours=23),
    Step.WEEK: timedelta(days=7, hours=-1),
    Step.MONTH: timedelta(days=28, hours=-1),
    Step.QUARTER: timedelta(days=90, hours=-1),
    Step.YEAR: timedelta(days=365, hours=-1),
}
# The steps that are shorter than any day.
WITHIN_A_DAY = frozenset({Step.QUARTER_HOUR, Step.HOUR})
# The steps of whole days.
STEPS_OF_DAYS = tuple(step for step in Step if step not in WITHIN_A_DAY)


def chosen_step(since: datetime, until: datetime, points: int, interval: timedelta = QUARTER) -> Step:
    """Return the shortest step that gives at most `points` points and is no shorter than the interval between snapshots."""
    long_enough = (step for step in Step if MIN_DURATION[step] >= min(interval, MIN_DURATION[Step.DAY]))
    return next((step for step in long_enough if (until - since) / MIN_DURATION[step] <= points), Step.YEAR)


def bounds(since: datetime, until: datetime, step: Step, zone: ZoneInfo) -> list[datetime]:
    """Return the starts of all steps that overlap the range, and the end of the last, in UTC.

    Days have 23 to 25 hours. A day that the zone skipped, by moving to the other side of the date line, is no step.
    """
    result = [_start_of(since, step, zone)]
    for bound in _following(result[0], step, zone):
        if bound > result[-1]:
            result.append(bound)
        if bound >= until:
            return result
    return result


def bounds_from(since: datetime, number: int, step: Step, zone: ZoneInfo) -> list[datetime]:
    """Return the bounds of so many steps, the first of which contains a time, in UTC."""
    result = [_start_of(since, step, zone)]
    for bound in _following(result[0], step, zone):
        if bound > result[-1]:
            result.append(bound)
        if len(result) > number:
            break
    return result


def before(bound: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """Return the start of the step that ends at a bound."""
    return _start_of(bound - timedelta(microseconds=1), step, zone)


def quarter_of(moment: datetime) -> datetime:
    """Return the start of the quarter of an hour that contains a time, in UTC."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % 15, second=0, microsecond=0)


def quarter_number(moment: datetime) -> int:
    """Return the number of the quarter of an hour that contains a time, counted from 1970-01-01."""
    return int(moment.timestamp() // QUARTER.total_seconds())


def quarter_at(number: int) -> datetime:
    """Return the start of a quarter of an hour by its number since 1970-01-01, in UTC."""
    return datetime.fromtimestamp(number * QUARTER.total_seconds(), tz=UTC)


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour that contains a time, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _start_of(moment: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """Return the start of the step that contains a time."""
    if step is Step.QUARTER_HOUR:
        return quarter_of(moment)
    local = moment.astimezone(zone)
    if step is Step.HOUR:
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    return _midnight(_FIRST_DATE[step](local.date()), zone)


def first_of_week(day: date) -> date:
    """Return the first day of the week that contains a day."""
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(setting("WEEK_START"))) % 7)


# The first day of the step that contains a day.
_FIRST_DATE: dict[Step, Callable[[date], date]] = {
    Step.DAY: lambda day: day,
    Step.WEEK: first_of_week,
    Step.MONTH: lambda day: day.replace(day=1),
    Step.QUARTER: lambda day: day.replace(month=day.month - (day.month - 1) % 3, day=1),
    Step.YEAR: lambda day: day.replace(month=1, day=1),
}


def _following(start: datetime, step: Step, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the starts of the steps after the one that begins at `start`, without end."""
    if step is Step.QUARTER_HOUR:
        yield from _every(QUARTER, start)
    elif step is Step.HOUR:
        yield from _full_hours(start, zone)
    else:
        yield from _midnights(start.astimezone(zone).date(), _NEXT_DATE[step], zone)


def _every(interval: timedelta, start: datetime) -> Iterator[datetime]:
    while True:
        start += interval
        yield start


def _full_hours(start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the full hours of the zone's clock; a clock change by half an hour makes one of them longer or shorter."""
    while True:
        following = _start_of(start + HOUR, Step.HOUR, zone)
        start = following if following > start else _start_of(start + HOUR + HOUR, Step.HOUR, zone)
        yield start


def _midnights(day: date, next_date: Callable[[date], date], zone: ZoneInfo) -> Iterator[datetime]:
    while True:
        day = next_date(day)
        yield _midnight(day, zone)


_NEXT_DATE: dict[Step, Callable[[date], date]] = {
    Step.DAY: lambda day: day + timedelta(days=1),
    Step.WEEK: lambda day: day + timedelta(days=7),
    Step.MONTH: lambda day: (day + timedelta(days=31)).replace(day=1),
    Step.QUARTER: lambda day: (day + timedelta(days=92)).replace(day=1),
    Step.YEAR: lambda day: day.replace(year=day.year + 1),
}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the start of a day; if the clock skips midnight, the time at which it does."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
