"""What to know of activity at a glance, in words with numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from ..catalogue.statistic import Unit
from ..conf import setting
from ..history.activity import Activity
from ..history.activity_summary import MONTH, RecentPeople
from ..history.rooms import RoomActivity
from ..history.steps import HOUR
from .hours import QUIET_HOURS, WeekOfHours
from .number_format import format_number
from .rooms import change_of, room_title
from .time_axis import format_time


@dataclass(frozen=True, slots=True)
class Answer:
    """A short text to show in large letters, and the rest of the sentence."""

    figure: str
    text: str


def answers_of_people(kind: Activity, recent: RecentPeople, now: datetime, zone: ZoneInfo) -> Iterator[Answer]:
    """Yield whether more people are active than before."""
    values = {"days": MONTH.days, "until": format_time(recent.until, zone), "since": format_time(recent.since, zone)}
    form = gettext("the last %(days)d days") if now - recent.until < HOUR else gettext("the %(days)d days up to %(until)s")
    span = form % values
    if recent.until - recent.since < MONTH:
        span = gettext("%(span)s, counted since %(since)s") % {**values, "span": span}
    number = recent.number or 0
    if kind is Activity.WROTE:
        text = ngettext("wrote in %(span)s%(compared)s", "wrote in %(span)s%(compared)s", number)
    else:
        text = ngettext("was there in %(span)s%(compared)s", "were there in %(span)s%(compared)s", number)
    yield Answer(_people(recent.number), text % {"span": span, "compared": _compared(recent)})


def answers_of_hours(hours: WeekOfHours) -> Iterator[Answer]:
    """Yield when the chat is busiest, and when it is quiet."""
    if hours.busiest:
        hour, number = hours.busiest
        text = gettext("is the busiest hour of the week in %(zone)s: %(number)s messages on average")
        yield Answer(hour, text % {"zone": hours.zone, "number": number})
    if hours.quietest:
        hour, number = hours.quietest
        text = gettext("are the quietest %(hours)d hours in a row: %(number)s messages an hour on average")
        yield Answer(hour, text % {"hours": QUIET_HOURS, "number": number})


def answer_of_rooms(room: RoomActivity) -> Answer:
    """Return which room grows."""
    change = change_of(room, gettext("%(number)s messages"))
    text = gettext("grows most in this time: %(change)s compared with the same time before it")
    return Answer(room_title(room), text % {"change": change})


def _compared(recent: RecentPeople) -> str:
    if recent.before is None or recent.number is None:
        return ""
    difference = recent.number - recent.before
    if not difference:
        return gettext(", as many as in the %(days)d days before") % {"days": MONTH.days}
    percent = f" ({'+' if difference > 0 else '−'}{abs(100 * difference / recent.before):.0f} %)" if recent.before else ""
    values = {"number": format_number(abs(difference), Unit.PEOPLE), "percent": percent, "days": MONTH.days}
    if difference > 0:
        return gettext(", %(number)s more%(percent)s than in the %(days)d days before") % values
    return gettext(", %(number)s fewer%(percent)s than in the %(days)d days before") % values


def _people(number: int | None) -> str:
    if number is None:
        return gettext("Fewer than %(number)d people") % {"number": setting("HIDE_PEOPLE_BELOW")}
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": format_number(number, Unit.PEOPLE)}
