"""Numbers of people that an imported server counted itself, for the days of which our own history knows nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..models import ReportedPeople
from .points import Certainty, Point
from .small_cells import is_hidden

# The numbers of people by the number of days they are of, and the last of these days.
Reported = Mapping[tuple[int, date], int]


def read_reported(moments: Sequence[datetime], zone: ZoneInfo, using: str) -> Reported:
    """Return the numbers of people whose last days are those of the first to the last of some times."""
    if not moments:
        return {}
    return ReportedPeople.objects.using(using).between(local_date(moments[0], zone), local_date(moments[-1], zone))


def reported_point(reported: Reported, days: int, dates: Iterable[date]) -> Point:
    """Return the average of the numbers of people in so many days up to some dates; an unknown point if none was reported."""
    numbers = [reported[days, day] for day in dates if (days, day) in reported]
    if not numbers or any(map(is_hidden, numbers)):
        return Point()
    return Point(sum(numbers) / len(numbers), Certainty.REPORTED, float(min(numbers)), float(max(numbers)))


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date of a time in a zone."""
    return moment.astimezone(zone).date()


def last_date(end: datetime, zone: ZoneInfo) -> date:
    """Return the date of the last moment before a time in a zone."""
    return local_date(end - timedelta.resolution, zone)
