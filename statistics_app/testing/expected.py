"""The answers that a source must give about the chat in memory, counted one by one in plain Python."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from ..sources.event_kinds import EventKind
from .answers import Answer, Numbers, at
from .chat import Chat, Row, Thing

NO_LANGUAGE = "none"


def expected_answers(chat: Chat, kinds: Collection[EventKind], *, empty_teams_count: bool) -> dict[str, Answer]:
    """Return the answer to every question; events are of some kinds only."""
    answers: dict[str, Answer] = {question: Counter(answer(chat)) for question, answer in _NUMBERS.items()}
    rooms_in_teams = [room for room in chat.counted(Thing.ROOM) if room.links["team"]]
    teams = len(chat.counted(Thing.TEAM)) if empty_teams_count else len({room.links["team"] for room in rooms_in_teams})
    happened = [event for event in _events(chat) if event[0].partition(":")[0] in kinds]
    return {
        **answers,
        "teams": Counter(count=teams, amount=len(rooms_in_teams)),
        "events": _summed((key, at(moment), number) for key, moment, number in happened),
        "first_event": min((moment for _, moment, _ in happened), default=None),
        "last_login": max(chat.times(Thing.USER, "last_login"), default=None),
        "last_message": max(chat.times(Thing.MESSAGE, "sent_at"), default=None),
        "last_seen": max(chat.times(Thing.READ, "last_seen"), default=None),
    }


def _threads(chat: Chat) -> Numbers:
    return Counter(number=len({row.links["root"] for row in chat.counted(Thing.MESSAGE)} - {None}))


def _discussions(chat: Chat) -> Numbers:
    inside = sum(row.linked("room").links["parent"] is not None for row in chat.counted(Thing.MESSAGE))
    return Counter(count=sum(room.links["parent"] is not None for room in chat.counted(Thing.ROOM)), amount=inside)


def _pinned(chat: Chat) -> list[Row]:
    return [row for row in chat.counted(Thing.MESSAGE) if row.values["pinned"]]


def _room_use(chat: Chat) -> Numbers:
    rooms, messages = chat.counted(Thing.ROOM), chat.counted(Thing.MESSAGE)
    spoken_in = {row.links["room"] for row in messages}
    return Counter(rooms=len(rooms), silent=sum(room not in spoken_in for room in rooms), messages=len(messages))


def _events(chat: Chat) -> Iterable[tuple[str, datetime, int]]:
    """Yield (key, moment, number) of everything that happened."""
    for row in chat.counted(Thing.MESSAGE):
        moment, room = row.values["sent_at"], row.linked("room")
        yield EventKind.MESSAGES.of(room.kind), moment, 1
        if row.links["root"]:
            yield EventKind.IN_THREADS, moment, 1
        if room.links["parent"]:
            yield EventKind.IN_DISCUSSIONS, moment, 1
    for row in chat.counted(Thing.USER):
        yield EventKind.USERS, row.values["created_at"], 1
    for row in filter(lambda room: room.is_stored, chat.counted(Thing.ROOM)):  # others have no time of creation
        yield EventKind.ROOMS.of(row.kind), row.values["created_at"], 1
    for row in chat.counted(Thing.UPLOAD):
        yield EventKind.UPLOADS, row.values["uploaded_at"], 1
        yield EventKind.BYTES, row.values["uploaded_at"], row.values["size"]


def _summed(happened: Iterable[tuple[str, str, int]]) -> Numbers:
    sums: Numbers = Counter()
    for key, quarter, number in happened:
        sums[key, quarter] += number
    return sums


def _active_accounts(chat: Chat) -> Numbers:
    """Count the accounts that wrote in the same quarters of an hour, room by room."""
    written: defaultdict[Row, defaultdict[Row, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in chat.counted(Thing.MESSAGE):
        written[row.linked("author")][row.linked("room")].add(at(row.values["sent_at"]))
    return Counter(tuple(sorted(tuple(sorted(quarters)) for quarters in rooms.values())) for rooms in written.values())


def _seen_accounts(chat: Chat) -> Numbers:
    seen: defaultdict[Row, set[str]] = defaultdict(set)
    for row in chat.counted(Thing.USER):
        if row.values["last_login"]:
            seen[row].add(at(row.values["last_login"]))
    for row in chat.counted(Thing.READ):
        seen[row.linked("user")].add(at(row.values["last_seen"]))
    return Counter((tuple(sorted(quarters)),) for quarters in seen.values())


def _room_messages(chat: Chat) -> Numbers:
    rooms: defaultdict[Row, Numbers] = defaultdict(Counter)
    for row in chat.counted(Thing.MESSAGE):
        rooms[row.linked("room")][at(row.values["sent_at"])] += 1
    return Counter(tuple(sorted(quarters.items())) for quarters in rooms.values())


def _room_files(chat: Chat) -> Numbers:
    rooms: defaultdict[Row, list[int]] = defaultdict(list)
    for row in chat.counted(Thing.UPLOAD):
        if chat.counts(room := chat.room_of(row)):
            rooms[room].append(row.values["size"])
    return Counter((len(sizes), sum(sizes)) for sizes in rooms.values())


def _authors(chat: Chat) -> list[Row]:
    authors = {row.linked("author") for row in chat.counted(Thing.MESSAGE)}
    return [author for author in authors if chat.counts(author)]


def _spoken_in(chat: Chat) -> set[Row]:
    return {row.linked("room") for row in chat.counted(Thing.MESSAGE)}


_NUMBERS: Mapping[str, Callable[[Chat], Any]] = {
    "users": lambda chat: Counter(
        (row.values["active"], row.values["presence"], row.values["type"]) for row in chat.counted(Thing.USER)
    ),
    "user_languages": lambda chat: Counter(row.values["language"] or NO_LANGUAGE for row in chat.counted(Thing.USER)),
    "rooms": lambda chat: Counter(row.kind for row in chat.counted(Thing.ROOM)),
    "messages": lambda chat: Counter(row.linked("room").kind for row in chat.counted(Thing.MESSAGE)),
    "threads": _threads,
    "discussions": _discussions,
    "pinned": lambda chat: Counter(number=len(_pinned(chat))),
    "rooms_with_pinned": lambda chat: Counter(number=len({row.links["room"] for row in _pinned(chat)})),
    "uploads": lambda chat: Counter(
        count=len(chat.counted(Thing.UPLOAD)), amount=sum(row.values["size"] for row in chat.counted(Thing.UPLOAD))
    ),
    "default_team_rooms": lambda chat: Counter(
        number=sum(bool(row.links["team"]) and row.values["is_team_default"] for row in chat.counted(Thing.ROOM))
    ),
    "top_rooms": lambda chat: Counter((room.kind, len(chat.messages_in(room))) for room in _spoken_in(chat)),
    "room_use": _room_use,
    "active_accounts": _active_accounts,
    "seen_accounts": _seen_accounts,
    "room_messages": _room_messages,
    "account_types": lambda chat: Counter(row.values["type"] for row in _authors(chat)),
    "account_names": lambda chat: Counter(names=len(_authors(chat))),
    "room_labels": lambda chat: Counter(room.kind for room in _spoken_in(chat)),
    "room_files": _room_files,
    "untimed_rows": lambda chat: Counter(),
}
