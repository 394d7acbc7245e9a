"""The hours of the week as a heat map, as a table, and in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import dates, formats
from django.utils.translation import gettext

from ..conf import WEEKDAYS, setting
from ..history.heat_map import DAYS, HOURS, HeatMap
from ..texts import gettext_noop as _
from .number_format import UNKNOWN

# How long maintenance takes that has to wait for a quiet time.
QUIET_HOURS = 4
_TICKS = range(0, HOURS, 3)
# Averages of at least so many messages are shown without decimal places.
_WHOLE = 10
# So that an hour without messages is seen to be known.
_FAINTEST = 0.05


# Translators: on this day of every week.
_EVERY = (_("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"), _("Saturdays"), _("Sundays"))


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of the week: its place in percent, how strong its colour is, from 0 to 1, and what it says, as text."""

    left: float
    top: float
    strength: float
    text: str


@dataclass(frozen=True)
class WeekOfHours:
    """The average numbers of messages by hour of the week, in a time zone."""

    heat_map: HeatMap
    zone: ZoneInfo

    @property
    def days(self) -> list[int]:
        """The days of the week, numbered from Monday, in the order of the setting WEEK_START."""
        first = WEEKDAYS.index(setting("WEEK_START"))
        return [(first + n) % DAYS for n in range(DAYS)]

    @property
    def cells(self) -> Iterator[Cell]:
        """The hours that are known."""
        most = max((average or 0.0 for average in self.heat_map.averages), default=0.0)
        for row, day in enumerate(self.days):
            for hour in range(HOURS):
                average = self.heat_map.averages[day * HOURS + hour]
                if average is not None:
                    strength = _FAINTEST + (1 - _FAINTEST) * (average / most if most else 0.0)
                    values = {"day": _name(day), "hours": _hours(hour), "number": _number(average)}
                    text = gettext("%(day)s, %(hours)s: %(number)s messages") % values
                    yield Cell(100 * hour / HOURS, 100 * row / DAYS, strength, text)

    @property
    def width(self) -> float:
        """The width of a cell in percent."""
        return 100 / HOURS

    @property
    def height(self) -> float:
        """The height of a cell in percent."""
        return 100 / DAYS

    @property
    def day_ticks(self) -> list[tuple[float, str]]:
        """The middle of each row in percent, and the name of its day."""
        return [(100 * (row + 0.5) / DAYS, str(dates.WEEKDAYS_ABBR[day])) for row, day in enumerate(self.days)]

    @property
    def hour_ticks(self) -> list[tuple[float, str]]:
        """The left edges of some columns in percent, and their hours."""
        return [(100 * hour / HOURS, f"{hour:02}:00") for hour in _TICKS]

    @property
    def day_names(self) -> list[str]:
        """The names of the days, in their order."""
        return [_name(day) for day in self.days]

    @property
    def rows(self) -> list[tuple[str, list[str], str]]:
        """The rows of the table: hours, the average number of each day, and that of all days."""
        averages = self.heat_map.averages
        return [
            (_hours(hour), [_number(averages[day * HOURS + hour]) for day in self.days], _number(self.heat_map.by_hour[hour]))
            for hour in range(HOURS)
        ]

    @property
    def by_weekday(self) -> list[str]:
        """The last row of the table: the average number of messages of each day."""
        return [_number(self.heat_map.by_weekday[day]) for day in self.days]

    @property
    def busiest(self) -> tuple[str, str] | None:
        """The hour of the week with the most messages, and their number; None if there are no messages."""
        averages = [average or 0.0 for average in self.heat_map.averages]
        most = max(averages)
        return (_hour_of_week(averages.index(most), 1), _number(most)) if most else None

    @property
    def busiest_hour_and_day(self) -> tuple[str, str]:
        """The hour of the day with the most messages, and the day of the week."""
        hours = [average or 0.0 for average in self.heat_map.by_hour]
        days = [average or 0.0 for average in self.heat_map.by_weekday]
        return _hours(hours.index(max(hours))), gettext(_EVERY[days.index(max(days))])

    @property
    def quietest(self) -> tuple[str, str] | None:
        """The quietest hours in a row, and their average number of messages; None without a whole week, or without messages."""
        found = self.heat_map.quietest(QUIET_HOURS)
        return (_hour_of_week(found[0], QUIET_HOURS), _number(found[1])) if found and self.busiest else None


def _hour_of_week(first: int, number: int) -> str:
    values = {"days": gettext(_EVERY[first // HOURS]), "hours": _hours(first % HOURS, number)}
    return gettext("%(days)s, %(hours)s") % values


def _hours(first: int, number: int = 1) -> str:
    return f"{first:02}:00–{(first + number) % HOURS:02}:00"


def _name(day: int) -> str:
    return str(dates.WEEKDAYS[day])


def _number(average: float | None) -> str:
    if average is None:
        return UNKNOWN
    return formats.number_format(average, decimal_pos=0 if average >= _WHOLE else 1, use_l10n=True, force_grouping=True)
