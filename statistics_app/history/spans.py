"""The periods that pages offer, by their names in URLs: lengths of time up to now, periods of the calendar, earlier ones."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, pgettext

from .points import HistoryRange
from .steps import Step, before, bounds, bounds_from

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
        return {
            Period.TODAY: pgettext("period", "Today"),
            Period.YESTERDAY: pgettext("period", "Yesterday"),
            Period.THIS_WEEK: pgettext("period", "This week"),
            Period.LAST_WEEK: pgettext("period", "Last week"),
            Period.THIS_MONTH: pgettext("period", "This month"),
            Period.LAST_MONTH: pgettext("period", "Last month"),
            Period.THIS_QUARTER: pgettext("period", "This quarter"),
            Period.LAST_QUARTER: pgettext("period", "Last quarter"),
            Period.THIS_YEAR: pgettext("period", "This year"),
            Period.LAST_YEAR: pgettext("period", "Last year"),
        }[self]

    @property
    def is_over(self) -> bool:
        """Whether it is the period before the present one."""
        return self is Period.YESTERDAY or self.startswith("last-")

    @property
    def step(self) -> Step:
        """The step that the period is as long as."""
        return Step(self.partition("-")[2] or Step.DAY)

    def range(self, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return its start and end in a time zone; the present period ends now."""
        start = bounds(now, now + _INSTANT, self.step, zone)[0]
        return (before(start, self.step, zone), start) if self.is_over else (start, now)


class Earlier(StrEnum):
    """The earlier time that a time range is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"

    @property
    def label(self) -> str:
        """Return the name as text."""
        return gettext("previous period") if self is Earlier.PREVIOUS else gettext("a year ago")

    def range(self, shown: HistoryRange, period: Period | None) -> HistoryRange:
        """Return the earlier time range, in as many steps as `shown`, so that their steps can be compared one by one.

        The previous one of a `period` of the calendar begins with that period's predecessor, that of another range as much
        earlier as the range is long.
        """
        if self is Earlier.YEAR:
            since = _a_year_before(shown.since.astimezone(shown.zone))
        elif period is not None:
            since = before(shown.bounds[0], period.step, shown.zone)
        else:
            since = shown.since - (shown.until - shown.since)
        edges = bounds_from(since, len(shown.starts), shown.step, shown.zone)
        return HistoryRange(edges[0], edges[-1], shown.step, shown.zone)


def _a_year_before(local: datetime) -> datetime:
    """Return the same local time of the year before; of 29 February, that of the 28th."""
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    return local.replace(year=local.year - 1, day=day)
