"""The answers of a source in a form in which two of them can be added up and compared: numbers by key, and instants.

Keys of accounts and rooms are the source's own. They are left out: what is compared is how many of them have the same numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from ..exceptions import NotAnswered
from ..sources.active_days import PER_DAY, PER_MASK, AccountDay, RoomQuarter
from ..sources.base import ChatSource, RoomUse, Tally
from ..sources.event_kinds import EventCount
from ..sources.quarters import QUARTER

Numbers = Counter[Any]
# An instant is None if nothing happened; what is not answered has the reason.
Answer = Numbers | datetime | NotAnswered | None

EARLIEST, LATEST = ("first_event",), ("last_login", "last_message", "last_seen")
# More rooms than a test has.
_ALL_ROOMS = 100_000
_1970 = datetime(1970, 1, 1, tzinfo=UTC)

COUNTED = (
    *("users", "user_languages", "rooms", "messages", "threads", "discussions", "pinned", "rooms_with_pinned", "uploads"),
    *("teams", "default_team_rooms", "top_rooms", "room_use"),
)
"""The questions that running counts can answer."""


@dataclass(frozen=True)
class Days:
    """A source, and what it tells of a time range; what several questions need is asked once."""

    source: Any
    since: datetime
    until: datetime

    @cached_property
    def written(self) -> list[AccountDay]:
        """When accounts wrote."""
        return list(self.source.active_accounts(self.since, self.until))

    @cached_property
    def spoken(self) -> list[RoomQuarter]:
        """When something was written in rooms."""
        return list(self.source.room_messages(self.since, self.until))

    @property
    def authors(self) -> set[str]:
        """The accounts that wrote."""
        return {day.account for day in self.written}

    @property
    def rooms(self) -> set[str]:
        """The rooms in which something was written."""
        return {one.room for one in self.spoken}


_DATED: Mapping[str, Callable[[Days], Any]] = {
    "events": lambda days: _by_quarter(days.source.events(days.since, days.until)),
    "active_accounts": lambda days: by_account(days.written),
    "seen_accounts": lambda days: by_account(_without_room(days.source.seen_accounts(days.since))),
    "room_messages": lambda days: by_room(days.spoken),
    "account_types": lambda days: Counter(days.source.account_types(days.authors).values()),
    "account_names": lambda days: Counter(names=len(days.source.account_names(days.authors))),
    "room_labels": lambda days: Counter(label.kind for label in days.source.room_labels(days.rooms).values()),
    "room_files": lambda days: Counter((one.files, one.bytes) for one in days.source.room_files()),
    "untimed_rows": lambda days: Counter({one.model: one.number for one in days.source.untimed_rows()}),
}
QUESTIONS = (*COUNTED, *_DATED, *EARLIEST, *LATEST)


def ask(days: Days, question: str) -> Answer:
    """Return the answer to a question."""
    try:
        if question in _DATED:
            return _without_zeros(_DATED[question](days))
        answer = days.source.top_rooms(_ALL_ROOMS) if question == "top_rooms" else getattr(days.source, question)()
    except NotAnswered as error:
        return error
    return answer if question in (*EARLIEST, *LATEST) else numbers(answer)


def ask_all(source: ChatSource, since: datetime, until: datetime) -> dict[str, Answer]:
    """Return the answers to all questions."""
    days = Days(source, since, until)
    return {question: ask(days, question) for question in QUESTIONS}


def numbers(answer: Any) -> Numbers:
    """Return an answer of a source as numbers by key, without zeros."""
    if isinstance(answer, Mapping):
        return _without_zeros(Counter(dict(answer)))
    if isinstance(answer, Tally):
        return _without_zeros(Counter(count=answer.count, amount=answer.amount))
    if isinstance(answer, RoomUse):
        return _without_zeros(Counter(rooms=answer.rooms, silent=answer.silent, messages=answer.messages))
    if isinstance(answer, int):
        return _without_zeros(Counter(number=answer))
    found: Numbers = Counter()
    for one in answer:
        if hasattr(one, "messages"):
            found[one.kind, one.messages] += 1
        else:
            found[one.active, one.presence, one.type] += one.count
    return _without_zeros(found)


def by_account(days: Iterable[AccountDay]) -> Numbers:
    """Count the accounts that were active in the same quarters of an hour, room by room."""
    active: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for day in days:
        mask = day.am | day.pm << PER_MASK
        bits = [bit for bit in range(PER_DAY) if mask >> bit & 1]
        active[day.account][day.room].update(at(_1970 + timedelta(days=day.day) + bit * QUARTER) for bit in bits)
    return Counter(tuple(sorted(tuple(sorted(quarters)) for quarters in rooms.values())) for rooms in active.values())


def by_room(quarters: Iterable[RoomQuarter]) -> Numbers:
    """Count the rooms that have the same numbers in the same quarters of an hour."""
    found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for one in quarters:
        found[one.room].append((at(_1970 + one.quarter * QUARTER), one.number))
    return Counter(tuple(sorted(of_room)) for of_room in found.values())


def _by_quarter(events: Iterable[EventCount]) -> Numbers:
    """Add up what several tables tell of the same quarter of an hour."""
    found: Numbers = Counter()
    for key, quarter, number in events:
        found[key, at(quarter)] += number
    return found


def at(moment: datetime) -> str:
    """Write the quarter of an hour (UTC) that contains a moment as a short text."""
    utc = moment.astimezone(UTC)
    return f"{utc.replace(minute=utc.minute - utc.minute % 15):%Y-%m-%d %H:%M}"


def _without_room(days: Iterable[AccountDay]) -> Iterable[AccountDay]:
    return (day._replace(room="") for day in days)


def _without_zeros(found: Numbers) -> Numbers:
    return Counter({key: number for key, number in found.items() if number})
