"""Ticks of the time axis: the steps of a chart that are labelled with the hour, day, month or year."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext

from ..history.steps import Step, first_of_week
from ..texts import gettext_noop as _

_MAX_TICKS = 8
# Translators: formats of dates are Django's, as in its filter `date`.
_DAY_FORMAT, _HOUR_FORMAT = _("j M"), "H:i"


@dataclass(frozen=True, slots=True)
class TimeTick:
    """The tick at a step, given by its number, and its label."""

    step: int
    text: str


@dataclass(frozen=True, slots=True)
class _TickInterval:
    """A way to divide time for ticks, such as every 6 hours.

    `number` returns the number of the interval that contains a local time, `date_format` is the label's format for Django.
    `step` is the longest step for which every interval contains the start of at least one.
    """

    number: Callable[[datetime], int]
    date_format: str
    step: Step


def _hours(count: int) -> _TickInterval:
    return _TickInterval(lambda at: at.toordinal() * 24 + at.hour // count * count, _HOUR_FORMAT, Step.HOUR)


def _days(count: int) -> _TickInterval:
    return _TickInterval(lambda at: at.toordinal() // count, _DAY_FORMAT, Step.DAY)


def _months(count: int) -> _TickInterval:
    step = Step.QUARTER if count % 3 == 0 else Step.MONTH
    return _TickInterval(lambda at: (at.year * 12 + at.month - 1) // count, _("M Y"), step)


def _years(count: int) -> _TickInterval:
    return _TickInterval(lambda at: at.year // count, "Y", Step.YEAR)


_WEEKS = _TickInterval(lambda at: first_of_week(at.date()).toordinal(), _DAY_FORMAT, Step.WEEK)
_TICK_INTERVALS = (
    *(_hours(count) for count in (1, 3, 6, 12)),
    *(_days(count) for count in (1, 2)),
    _WEEKS,
    *(_months(count) for count in (1, 3, 6)),
    *(_years(count) for count in (1, 2, 5, 10, 20, 50)),
)
_STEP_FORMATS = {Step.DAY: _("j M Y"), Step.MONTH: _("F Y"), Step.YEAR: "Y"}
# The steps, shortest first.
_STEPS = list(Step)


def time_ticks(starts: Sequence[datetime], step: Step, zone: ZoneInfo) -> list[TimeTick]:
    """Return a tick at the first step of each interval, for the shortest interval that gives at most eight ticks.

    The interval is never shorter than the steps: a chart by days has no hours to label.
    """
    for interval in _TICK_INTERVALS:
        if _STEPS.index(interval.step) >= _STEPS.index(step):
            ticks = list(_ticks(starts, zone, interval))
            if len(ticks) <= _MAX_TICKS:
                return ticks
    return []


def format_time(at: datetime, zone: ZoneInfo) -> str:
    """Format a time in a time zone: its date, and the time of day unless it is midnight."""
    local = at.astimezone(zone)
    is_midnight = (local.hour, local.minute) == (0, 0)
    return formats.date_format(local, gettext("j M Y") if is_midnight else gettext("j M Y, H:i"))


def format_step(at: datetime, zone: ZoneInfo, step: Step) -> str:
    """Format a step as what it is: a month, a day, a time; an hour that occurs twice with the zone's abbreviation."""
    local = at.astimezone(zone)
    if step in _STEP_FORMATS:
        return formats.date_format(local, gettext(_STEP_FORMATS[step]))
    if step is Step.QUARTER:
        return gettext("Q%(quarter)d %(year)d") % {"quarter": (local.month + 2) // 3, "year": local.year}
    if step is Step.WEEK:
        return gettext("Week of %(day)s") % {"day": format_time(at, zone)}
    text = formats.date_format(local, gettext("j M Y, H:i"))
    return f"{text} {local.tzname()}" if is_repeated(local) else text


def is_repeated(local: datetime) -> bool:
    """Return whether the clock of its zone shows a local time, which must exist, twice, because it is set back."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def _ticks(starts: Sequence[datetime], zone: ZoneInfo, interval: _TickInterval) -> Iterator[TimeTick]:
    if not starts:
        return
    # The first step has a tick only if an interval begins with it.
    previous = (starts[0] - timedelta(microseconds=1)).astimezone(zone)
    latest = interval.number(previous)
    for i, start in enumerate(starts):
        local = start.astimezone(zone)
        # If the clock is set back across midnight, the previous day occurs again.
        if interval.number(local) > latest:
            latest = interval.number(local)
            # An hour alone does not tell the day, so the first tick of a day is labelled with the date.
            hour_format = _DAY_FORMAT if local.date() != previous.date() else interval.date_format
            text_format = hour_format if interval.step is Step.HOUR else interval.date_format
            text = formats.date_format(local, gettext(text_format))
            yield TimeTick(i, f"{text} {local.tzname()}" if text_format == _HOUR_FORMAT and is_repeated(local) else text)
        previous = local
