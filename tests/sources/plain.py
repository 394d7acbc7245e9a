"""A workspace as plain rows, counted one by one: the reference that a source's answers are compared with."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from statistics_app.sources.base import Presence, RoomKind, Tally, UserType
from statsproject.chat.models import Message, Room, Subscription, Team, Upload, User
from tests.factories import NOON

TIMES = st.none() | st.integers(0, 10**6).map(lambda milliseconds: NOON + timedelta(milliseconds=milliseconds))


@dataclass(frozen=True)
class Workspace:
    """Plain rows; rooms, teams, users and messages are referred to by their index in the list, or by None."""

    users: list[tuple[bool, str, str, str, datetime | None]]
    teams: int
    rooms: list[tuple[str, int | None, int | None]]
    messages: list[tuple[int, datetime, int | None, bool]]
    subscriptions: list[tuple[int, int, datetime | None]]
    uploads: list[int]

    def store(self) -> None:
        """Create the rows; a thread root beyond the list is a message that does not exist."""
        columns = ("is_active", "presence", "type", "language", "last_login")
        User.objects.bulk_create(
            User(id=f"u{n}", username=f"u{n}", **dict(zip(columns, row, strict=True))) for n, row in enumerate(self.users)
        )
        Team.objects.bulk_create(Team(id=f"t{n}") for n in range(self.teams))
        for n, (type_, parent, team) in enumerate(self.rooms):
            Room.objects.create(id=f"r{n}", type=type_, parent_id=_id("r", parent), team_id=_id("t", team))
        Message.objects.bulk_create(
            Message(id=f"m{n}", room_id=f"r{room}", sent_at=sent_at, thread_root_id=_id("m", root), is_pinned=pinned)
            for n, (room, sent_at, root, pinned) in enumerate(self.messages)
        )
        Subscription.objects.bulk_create(
            Subscription(user_id=f"u{user}", room_id=f"r{room}", last_seen_at=seen) for user, room, seen in self.subscriptions
        )
        Upload.objects.bulk_create(Upload(size=size) for size in self.uploads)

    def answers(self) -> dict[str, Any]:
        """Return all answers, counted in plain Python; a room of no known kind does not count, and neither do its messages."""
        counts = [type_ in list(RoomKind) for type_, *_ in self.rooms]
        languages = Counter(language or "none" for *_, language, _ in self.users)
        rooms = [room for room in self.rooms if room[0] in list(RoomKind)]
        messages = [message for message in self.messages if counts[message[0]]]
        in_discussions = sum(self.rooms[room][1] is not None for room, *_ in messages)
        return {
            "users": Counter(
                (active, presence if presence in list(Presence) else "offline", type_ if type_ in list(UserType) else "user")
                for active, presence, type_, *_ in self.users
            ),
            "user_languages": sorted(languages.items(), key=lambda item: (-item[1], item[0])),
            "rooms": {kind: sum(type_ == kind for type_, *_ in rooms) for kind in RoomKind},
            "messages": {kind: sum(self.rooms[room][0] == kind for room, *_ in messages) for kind in RoomKind},
            "threads": len({root for _, _, root, _ in messages if root is not None}),
            "discussions": Tally(sum(parent is not None for _, parent, _ in rooms), in_discussions),
            "pinned": sum(pinned for *_, pinned in messages),
            "rooms_with_pinned": len({room for room, *_, pinned in messages if pinned}),
            "uploads": Tally(len(self.uploads), sum(self.uploads)),
            "teams": Tally(self.teams, sum(team is not None for *_, team in rooms)),
            "last_login": _latest([login for *_, login in self.users]),
            "last_message": _latest([sent_at for _, sent_at, *_ in messages]),
            "last_seen": _latest([seen for *_, seen in self.subscriptions]),
        }


def _id(prefix: str, number: int | None) -> str | None:
    return None if number is None else f"{prefix}{number}"


def _latest(times: list[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    """Generate small workspaces, including presences, types and kinds that are unknown."""

    def rows(*columns: st.SearchStrategy, most: int = 8) -> list:
        return draw(st.lists(st.tuples(*columns), max_size=most))

    users = rows(
        st.booleans(),
        st.sampled_from([*Presence, "hidden", ""]).map(str),
        st.sampled_from([*UserType, "owner"]).map(str),
        st.sampled_from(["", "de", "en", "pt-BR"]),
        TIMES,
    )
    teams = draw(st.integers(0, 3))
    types = st.sampled_from([*RoomKind, "x"]).map(str)
    inside = st.none() | st.integers(0, teams - 1) if teams else st.none()
    rooms = [
        (type_, parent if parent is not None and parent < n else None, team)
        for n, (type_, parent, team) in enumerate(rows(types, st.none() | st.integers(0, 5), inside))
    ]
    if not rooms:
        return Workspace(users, teams, rooms, [], [], draw(st.lists(st.integers(0, 2**40), max_size=3)))
    room = st.integers(0, len(rooms) - 1)
    messages = rows(room, TIMES.filter(bool), st.none() | st.integers(0, 20), st.booleans(), most=20)
    pairs = draw(st.sets(st.tuples(st.integers(0, len(users) - 1), room), max_size=6)) if users else set()
    subscriptions = [(user, room, draw(TIMES)) for user, room in pairs]
    return Workspace(users, teams, rooms, messages, subscriptions, draw(st.lists(st.integers(0, 2**40), max_size=3)))
