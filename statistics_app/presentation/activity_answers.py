"""What to know of activity at a glance, in words with numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..catalogue.statistic import Unit
from ..conf import setting
from ..history.activity import Activity
from ..history.activity_metrics import VERBS
from ..history.activity_summary import MONTH, RecentPeople
from ..history.rooms import RoomActivity
from ..history.steps import HOUR
from .hours import QUIET_HOURS, WeekOfHours
from .number_format import format_number
from .rooms import change_of
from .time_axis import format_time


@dataclass(frozen=True, slots=True)
class Answer:
    """A short text to show in large letters, and the rest of the sentence."""

    figure: str
    text: str


def answers_of_people(kind: Activity, recent: RecentPeople, now: datetime, zone: ZoneInfo) -> Iterator[Answer]:
    """Yield whether more people are active than before."""
    until = "last" if now - recent.until < HOUR else f"{MONTH.days} days up to {format_time(recent.until, zone)}"
    span = f"the last {MONTH.days} days" if until == "last" else f"the {until}"
    if recent.until - recent.since < MONTH:
        span = f"{span}, counted since {format_time(recent.since, zone)}"
    yield Answer(_people(recent.number), f"{VERBS[kind]} in {span}{_compared(recent)}")


def answers_of_hours(hours: WeekOfHours) -> Iterator[Answer]:
    """Yield when the chat is busiest, and when it is quiet."""
    if hours.busiest:
        hour, number = hours.busiest
        yield Answer(hour, f"is the busiest hour of the week in {hours.zone}: {number} messages on average")
    if hours.quietest:
        hour, number = hours.quietest
        yield Answer(hour, f"are the quietest {QUIET_HOURS} hours in a row: {number} messages an hour on average")


def answer_of_rooms(room: RoomActivity) -> Answer:
    """Return which room grows."""
    return Answer(room.title, f"grows most in this time: {change_of(room, ' messages')} compared with the same time before it")


def _compared(recent: RecentPeople) -> str:
    if recent.before is None or recent.number is None:
        return ""
    difference = recent.number - recent.before
    if not difference:
        return f", as many as in the {MONTH.days} days before"
    percent = f" ({'+' if difference > 0 else '−'}{abs(100 * difference / recent.before):.0f} %)" if recent.before else ""
    more = f"{format_number(abs(difference), Unit.PEOPLE)} {'more' if difference > 0 else 'fewer'}"
    return f", {more}{percent} than in the {MONTH.days} days before"


def _people(number: int | None) -> str:
    if number is None:
        return f"Fewer than {setting('HIDE_PEOPLE_BELOW')} people"
    return f"{format_number(number, Unit.PEOPLE)} {'person' if number == 1 else 'people'}"
