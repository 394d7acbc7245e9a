"""Cut a range of time into the steps of a zone: its quarters, hours, days, weeks and months, whatever its clocks do."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ..sources.quarters import QUARTER

HOUR = timedelta(hours=1)


class Step(StrEnum):
    """How long a step is; days, weeks (from Monday) and months are those of the zone."""

    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


# How long a step is at the least; only to choose one.
SHORTEST = {
    Step.QUARTER: QUARTER,
    Step.HOUR: HOUR,
    Step.DAY: timedelta(hours=23),
    Step.WEEK: timedelta(days=7, hours=-1),
    Step.MONTH: timedelta(days=28, hours=-1),
}


def chosen_step(since: datetime, until: datetime, points: int, interval: timedelta = QUARTER) -> Step:
    """Choose the shortest step that gives no more points than wanted, and is no shorter than the time between snapshots."""
    long_enough = (step for step in Step if SHORTEST[step] >= min(interval, SHORTEST[Step.DAY]))
    return next((step for step in long_enough if (until - since) / SHORTEST[step] <= points), Step.MONTH)


def bounds(since: datetime, until: datetime, step: Step, zone: ZoneInfo) -> list[datetime]:
    """Give the beginnings of all steps that touch the range, and the end of the last, in UTC.

    A step that the zone leaves out (a day on the other side of the date line) is left out; days have 23 to 25 hours.
    """
    made = [_first(since, step, zone)]
    for bound in _following(made[0], step, zone):
        if bound > made[-1]:
            made.append(bound)
        if bound >= until:
            return made
    return made


def before(bound: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """Give the beginning of the step that ends at a bound."""
    return _first(bound - timedelta(microseconds=1), step, zone)


def quarter_of(moment: datetime) -> datetime:
    """Give the beginning of the quarter of an hour that a moment is in, in UTC."""
    seconds = int(moment.timestamp() // QUARTER.total_seconds() * QUARTER.total_seconds())
    return datetime.fromtimestamp(seconds, tz=UTC)


def quarter_at(number: int) -> datetime:
    """Give the beginning of the quarter of an hour of a number, counted from 1970, UTC."""
    return datetime.fromtimestamp(number * QUARTER.total_seconds(), tz=UTC)


def hour_of(moment: datetime) -> datetime:
    """Give the beginning of the hour that a moment is in, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _first(moment: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """Give the beginning of the step that a moment is in."""
    if step is Step.QUARTER:
        return quarter_of(moment)
    local = moment.astimezone(zone)
    if step is Step.HOUR:
        return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    day = local.date()
    if step is Step.WEEK:
        day -= timedelta(days=day.weekday())
    return _midnight(day.replace(day=1) if step is Step.MONTH else day, zone)


def _following(first: datetime, step: Step, zone: ZoneInfo) -> Iterator[datetime]:
    if step is Step.QUARTER:
        yield from _every(first, QUARTER)
    elif step is Step.HOUR:
        yield from _full_hours(first, zone)
    else:
        yield from _days(first.astimezone(zone).date(), _NEXT[step], zone)


def _every(first: datetime, length: timedelta) -> Iterator[datetime]:
    while True:
        first += length
        yield first


def _full_hours(first: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the full hours of the zone's clock; where it is put by half an hour, one of them is longer or shorter."""
    while True:
        following = _first(first + HOUR, Step.HOUR, zone)
        first = following if following > first else _first(first + HOUR + HOUR, Step.HOUR, zone)
        yield first


def _days(day: date, following: Callable[[date], date], zone: ZoneInfo) -> Iterator[datetime]:
    while True:
        day = following(day)
        yield _midnight(day, zone)


_NEXT: dict[Step, Callable[[date], date]] = {
    Step.DAY: lambda day: day + timedelta(days=1),
    Step.WEEK: lambda day: day + timedelta(days=7),
    Step.MONTH: lambda day: (day + timedelta(days=31)).replace(day=1),
}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the first moment of a day; where the clock skips midnight, the moment of the skip."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
