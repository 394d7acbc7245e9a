"""Ticks of time: at which steps of a chart the hour, the day, the month or the year is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats

from ..history.steps import Step

_MOST = 8
_DAY = "j M"


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A step by its number, and what is written there."""

    step: int
    text: str


@dataclass(frozen=True, slots=True)
class _Measure:
    """One way to cut time for ticks: moments with the same number are in one piece; `form` is Django's.

    `step` is the longest of which such a piece holds at least one.
    """

    number: Callable[[datetime], int]
    form: str
    step: Step


def _hours(many: int) -> _Measure:
    return _Measure(lambda at: at.toordinal() * 24 + at.hour // many * many, "H:i", Step.HOUR)


def _days(many: int) -> _Measure:
    return _Measure(lambda at: at.toordinal() // many, _DAY, Step.DAY)


def _months(many: int) -> _Measure:
    return _Measure(lambda at: (at.year * 12 + at.month - 1) // many, "M Y", Step.MONTH)


def _years(many: int) -> _Measure:
    return _Measure(lambda at: at.year // many, "Y", Step.MONTH)


_WEEKS = _Measure(lambda at: at.toordinal() - at.weekday(), _DAY, Step.WEEK)
_MEASURES = (
    *(_hours(many) for many in (1, 3, 6, 12)),
    *(_days(many) for many in (1, 2)),
    _WEEKS,
    *(_months(many) for many in (1, 3, 6)),
    *(_years(many) for many in (1, 2, 5, 10, 20, 50)),
)
_ORDER = list(Step)


def time_ticks(starts: Sequence[datetime], step: Step, zone: ZoneInfo) -> list[TimeTick]:
    """Choose the finest measure that gives no more than eight ticks, each at the first step of a new piece.

    None is finer than the steps: days have no hours to be written.
    """
    for measure in _MEASURES:
        if _ORDER.index(measure.step) >= _ORDER.index(step):
            ticks = list(_ticks(starts, zone, measure))
            if len(ticks) <= _MOST:
                return ticks
    return []


def format_time(at: datetime, zone: ZoneInfo) -> str:
    """Write a moment of a zone: its day, and the time unless it is midnight."""
    local = at.astimezone(zone)
    is_midnight = (local.hour, local.minute) == (0, 0)
    return formats.date_format(local, "j M Y" if is_midnight else "j M Y, H:i")


def _ticks(starts: Sequence[datetime], zone: ZoneInfo, measure: _Measure) -> Iterator[TimeTick]:
    if not starts:
        return
    # The first step has a tick only if its piece begins with it.
    before = (starts[0] - timedelta(microseconds=1)).astimezone(zone)
    latest = measure.number(before)
    for i, start in enumerate(starts):
        at = start.astimezone(zone)
        # Where the clock is put back over midnight, the day before comes again.
        if measure.number(at) > latest:
            latest = measure.number(at)
            # Noon looks like noon on every day, so a new day is named.
            form = _DAY if at.date() != before.date() else measure.form
            yield TimeTick(i, formats.date_format(at, form if measure.step is Step.HOUR else measure.form))
        before = at
