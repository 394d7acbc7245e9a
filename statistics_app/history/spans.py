"""The periods that pages offer, by their names in URLs: lengths of time up to now, and periods of the calendar."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .steps import Step, before, bounds

SPANS = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "1y": timedelta(days=365),
}
_INSTANT = timedelta(microseconds=1)


class Period(StrEnum):
    """The periods of the calendar that contain the present, and those before them."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THIS_QUARTER = "this-quarter"
    LAST_QUARTER = "last-quarter"
    THIS_YEAR = "this-year"
    LAST_YEAR = "last-year"

    @property
    def label(self) -> str:
        """Return the name as text."""
        return self.replace("-", " ").capitalize()

    @property
    def is_over(self) -> bool:
        """Whether it is the period before the present one."""
        return self is Period.YESTERDAY or self.startswith("last-")

    def range(self, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return its start and end in a time zone; the present period ends now."""
        step = Step(self.partition("-")[2] or Step.DAY)
        start = bounds(now, now + _INSTANT, step, zone)[0]
        return (before(start, step, zone), start) if self.is_over else (start, now)
