"""The answers of a source in a form in which two of them can be added up and compared: numbers by key, and instants.

Keys of accounts and rooms are the source's own. They are left out: what is compared is how many of them have the same numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..exceptions import NotAnswered
from ..sources.active_days import PER_DAY, PER_MASK, AccountDay, RoomQuarter
from ..sources.base import ChatSource, RoomUse, Tally
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
_TIMED: Mapping[str, Callable[[Any, datetime, datetime], Any]] = {
    "events": lambda source, since, until: Counter({(key, at(quarter)): n for key, quarter, n in source.events(since, until)}),
    "active_accounts": lambda source, since, until: by_account(source.active_accounts(since, until)),
    "seen_accounts": lambda source, since, until: by_account(_without_room(source.seen_accounts(since))),
    "room_messages": lambda source, since, until: by_room(source.room_messages(since, until)),
    "account_types": lambda source, since, until: Counter(source.account_types(_authors(source, since, until)).values()),
    "account_names": lambda source, since, until: Counter(names=len(source.account_names(_authors(source, since, until)))),
    "room_labels": lambda source, since, until: Counter(
        label.kind for label in source.room_labels({one.room for one in source.room_messages(since, until)}).values()
    ),
    "room_files": lambda source, since, until: Counter((one.files, one.bytes) for one in source.room_files()),
    "untimed_rows": lambda source, since, until: Counter({one.model: one.number for one in source.untimed_rows()}),
}
QUESTIONS = (*COUNTED, *_TIMED, *EARLIEST, *LATEST)


def ask(source: Any, question: str, since: datetime, until: datetime) -> Answer:
    """Return the answer to a question, about a time range if it needs one."""
    try:
        if question in _TIMED:
            return _without_zeros(_TIMED[question](source, since, until))
        answer = source.top_rooms(_ALL_ROOMS) if question == "top_rooms" else getattr(source, question)()
    except NotAnswered as error:
        return error
    return answer if question in (*EARLIEST, *LATEST) else numbers(answer)


def ask_all(source: ChatSource, since: datetime, until: datetime) -> dict[str, Answer]:
    """Return the answers to all questions."""
    return {question: ask(source, question, since, until) for question in QUESTIONS}


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


def at(moment: datetime) -> str:
    """Write the quarter of an hour (UTC) that contains a moment as a short text."""
    utc = moment.astimezone(UTC)
    return f"{utc.replace(minute=utc.minute - utc.minute % 15):%Y-%m-%d %H:%M}"


def _authors(source: Any, since: datetime, until: datetime) -> set[str]:
    return {day.account for day in source.active_accounts(since, until)}


def _without_room(days: Iterable[AccountDay]) -> Iterable[AccountDay]:
    return (day._replace(room="") for day in days)


def _without_zeros(found: Numbers) -> Numbers:
    return Counter({key: number for key, number in found.items() if number})
