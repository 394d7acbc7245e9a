"""Random meanings for the rows of a chat: values within the variety that a host has, and links to rows that are there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

from ..sources.base import Presence, RoomKind, UserType
from ..sources.quarters import QUARTER
from .chat import Chat, Row, Thing

DAYS = 3
_LARGEST = 2_000_000_000
_Drawn = tuple[dict[str, Any], dict[str, Row | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety:
    """What the rows of a host can mean; all times are in the three days from `since` on."""

    since: datetime
    kinds: Sequence[RoomKind]
    presences: Sequence[Presence]
    types: Sequence[UserType]
    languages: Sequence[str]
    uncounted: Collection[str]
    deactivated: bool
    threads: bool
    pinned: bool
    discussions: bool
    teams: bool

    @property
    def until(self) -> datetime:
        """The end of the days in which something happens."""
        return self.since + timedelta(days=DAYS)


class Drawing:
    """Draws rows that a chat can have."""

    def __init__(self, chat: Chat, variety: Variety, random: Random) -> None:
        self.chat, self.variety, self.random = chat, variety, random
        self.numbers = 0

    def new(self, thing: Thing, pending: Collection[Row] = ()) -> Row | None:
        """Draw a row beside `pending` ones that are not written yet; None if what it needs is not there."""
        self.numbers += 1
        return self._draw(Row(thing, self.numbers, {}, {}), pending)

    def changed(self, row: Row) -> Row | None:
        """Draw a row that differs from one in a few of its values or links; None if it cannot change."""
        other = self._draw(replace(row, values={}, links={}), [])
        if other is None:
            return None
        links = {name: link for name, link in other.links.items() if self._often(0.5)}
        if row.thing is Thing.MESSAGE:  # its root is in the same room, and its author one of the members
            links = {} if any(one.refers_to(row) for one in self.chat.rows[Thing.MESSAGE]) else other.links
        elif row.thing in (Thing.READ, Thing.UPLOAD):
            links = {}
        return replace(other, values={**row.values, **self._some(other.values)}, links={**row.links, **links})

    def _some(self, values: dict[str, Any]) -> dict[str, Any]:
        kept = self.random.sample(sorted(values), self.random.randint(1, max(1, min(3, len(values)))))
        return {name: values[name] for name in kept}

    def _draw(self, row: Row, pending: Collection[Row]) -> Row | None:
        drawn = self._meaning(row, pending)
        if drawn is None:
            return None
        row.values, row.links = drawn
        row.values["counts"] = str(row.thing) not in self.variety.uncounted or self._often(0.75)
        return row

    def _meaning(self, row: Row, pending: Collection[Row]) -> _Drawn | None:
        match row.thing:
            case Thing.USER:
                return self._user(), {}
            case Thing.TEAM:
                return {}, {}
            case Thing.ROOM:
                return self._room(row, pending)
            case Thing.MESSAGE:
                return self._message(row)
            case Thing.READ:
                return self._read(pending)
            case Thing.UPLOAD:
                return self._upload()

    def _user(self) -> dict[str, Any]:
        return {
            "active": not self.variety.deactivated or self._often(0.75),
            "presence": self.random.choice(self.variety.presences or [Presence.OFFLINE]),
            "type": self.random.choice(self.variety.types or [UserType.USER]),
            "language": self.random.choice(self.variety.languages or [""]),
            "last_login": self._time() if self._often(0.75) else None,
            "created_at": self._time(),
        }

    def _room(self, row: Row, pending: Collection[Row]) -> _Drawn | None:
        kind = self.random.choice(self.variety.kinds)
        if kind is RoomKind.DIRECT and not row.members:
            taken = {room.members for room in (*self.chat.rows[Thing.ROOM], *pending)}
            pairs = [pair for pair in combinations(self._there(Thing.USER), 2) if pair not in taken]
            if not pairs:
                return None
            row.members = self.random.choice(pairs)
        parents = [room for room in self._there(Thing.ROOM) if room is not row and room.is_stored and room.number < row.number]
        parent = self._maybe(parents) if self.variety.discussions else None
        team = self._maybe(self._there(Thing.TEAM)) if self.variety.teams else None
        values = {"kind": kind, "created_at": self._time(), "is_team_default": self._often(0.5)}
        return values, {"parent": parent, "team": team}

    def _message(self, row: Row) -> _Drawn | None:
        rooms, users = self._there(Thing.ROOM), self._there(Thing.USER)
        if not rooms or not users:
            return None
        room = self.random.choice(rooms)
        roots = [
            one
            for one in self._there(Thing.MESSAGE)
            if one.links["room"] is room and one.number < row.number and one.links["root"] is None
        ]
        links = {"room": room, "author": self.random.choice(room.members or users)}
        root = self._maybe(roots) if self.variety.threads else None
        return {"sent_at": self._time(), "pinned": self.variety.pinned and self._often(0.4)}, {**links, "root": root}

    def _read(self, pending: Collection[Row]) -> _Drawn | None:
        taken = {(read.links["user"], read.links["room"]) for read in (*self.chat.rows[Thing.READ], *pending)}
        free = [
            (user, room)
            for room in self._there(Thing.ROOM)
            for user in room.members or self._there(Thing.USER)
            if (user, room) not in taken
        ]
        if not free:
            return None
        user, room = self.random.choice(free)
        return {"last_seen": self._time()}, {"user": user, "room": room}

    def _upload(self) -> _Drawn | None:
        messages = self._there(Thing.MESSAGE)
        if not messages:
            return None
        message = self.random.choice(messages)
        values = {"size": self.random.randrange(_LARGEST), "uploaded_at": self._time()}
        return values, {"message": message, "room": message.links["room"], "user": message.links["author"]}

    def _there(self, thing: Thing) -> list[Row]:
        return [row for row in self.chat.rows[thing] if not row.frozen]

    def _maybe(self, rows: Sequence[Row]) -> Row | None:
        return self.random.choice(rows) if rows and self._often(0.5) else None

    def _often(self, share: float) -> bool:
        return self.random.random() < share

    def _time(self) -> datetime:
        return self.variety.since + self.random.randrange(DAYS * 96) * QUARTER + timedelta(seconds=self.random.randrange(900))
