"""The rows of single tables that a source declares, and which of the tables have their rooms or their threads in common."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from .base import RoomKind
from .columns import field_at
from .pairs import PREFIX, Pair
from .quarters import has_plausible_time
from .relations import leads_to, room_may_be_missing
from .tables import MessageTable, RoomTable, UploadTable, through


@dataclass(frozen=True, slots=True, eq=False)
class Rooms:
    """A room table; `number` is its position among those of the source, `using` the database that is read."""

    number: int
    table: RoomTable
    using: str

    @property
    def prefix(self) -> str:
        """What the keys of its rooms begin with, which tells them apart from those of other tables; empty for the first."""
        return f"{self.table.model_class()._meta.label_lower}:" if self.number else ""

    @property
    def all(self) -> "QuerySet[Any]":
        """The rooms that count."""
        return self.table.rows(self.using)

    @property
    def in_teams(self) -> "QuerySet[Any]":
        """The rooms that count and that are in a team."""
        return self.all.exclude(**{f"{self.table.team}__isnull": True})


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """A message table with the room table to which its messages refer; `number` is its position among those of the source.

    There is no room table if its messages are between pairs of accounts.
    """

    number: int
    table: MessageTable
    rooms: Rooms | None
    using: str
    every_room_counts: dict[int, bool] = field(default_factory=dict)
    """Whether all rooms of a table count, as far as it was found out in the view of the data that all questions share."""

    @property
    def prefix(self) -> str:
        """What the keys of its rooms begin with."""
        return self.rooms.prefix if self.rooms else PREFIX

    @property
    def room(self) -> Any:
        """The expression for the key of a message's room, without the prefix."""
        return self.table.room.key if isinstance(self.table.room, Pair) else F(self.table.room)

    @property
    def kinds(self) -> Mapping[RoomKind, Q]:
        """The conditions of the kinds of rooms, on messages."""
        if self.rooms is None:
            return {RoomKind.DIRECT: Q()}
        return {kind: self.in_rooms(condition) for kind, condition in self.rooms.table.kinds.items()}

    @property
    def discussion(self) -> Q | None:
        """The condition of a message in a discussion; None if the rooms declare none."""
        declared = self.rooms.table.discussion if self.rooms else None
        return None if declared is None else self.in_rooms(declared)

    def in_rooms(self, condition: Q) -> Q:
        """Return a condition on rooms as one on messages."""
        return through(str(self.table.room), condition)

    def counted(self) -> "QuerySet[Any]":
        """Return the messages that count: those in rooms that count, as they were when this was first asked of the rooms."""
        known = self.every_room_counts
        if self.rooms and self.rooms.number not in known:
            known[self.rooms.number] = every_room_counts(self.rooms)
        return self._in_rooms_that_count(known)

    def counted_now(self) -> "QuerySet[Any]":
        """Return the messages that count, in rooms that count in the present view of the data."""
        return self._in_rooms_that_count({self.rooms.number: every_room_counts(self.rooms)} if self.rooms else {})

    def sent_between(self, since: datetime, until: datetime) -> "QuerySet[Any]":
        """Return the messages that count that were sent from `since` until `until` (excluded)."""
        return self.counted_now().filter(**{f"{self.table.sent_at}__gte": since, f"{self.table.sent_at}__lt": until})

    def latest(self) -> datetime | None:
        """Return the time of the latest message that counts, found by its index."""
        sent_at = self.table.sent_at
        # Ordered by the index, since a maximum over a join would read every message.
        sent = self.counted().filter(has_plausible_time(sent_at)).order_by(f"-{sent_at}")
        return sent.values_list(sent_at, flat=True).first()

    def _in_rooms_that_count(self, every_room_counts: Mapping[int, bool]) -> "QuerySet[Any]":
        rows = self.table.rows(self.using)
        if isinstance(self.table.room, Pair):
            return rows.filter(self.table.room.named)
        assert self.rooms is not None  # noqa: S101 - for the type checker only
        if every_room_counts[self.rooms.number] and not room_may_be_missing(self.table.model_class(), self.table.room):
            return rows
        return rows.filter(**{f"{self.table.room}__in": self.rooms.all})


def every_room_counts(rooms: Rooms) -> bool:
    """Return whether all rooms of a table count, so that queries of messages need no join.

    Counting the rooms is cheap, since there are few, and without the join each question can use its own index.
    """
    if not rooms.table.counted:
        return True
    all_rooms = rooms.table.model_class()._base_manager.using(rooms.using)
    totals = all_rooms.aggregate(_all=Count("pk"), _counted=Count("pk", filter=rooms.table.counted))
    return bool(totals["_all"] == totals["_counted"])


@dataclass(frozen=True, slots=True)
class Parts:
    """The room tables of a source, and the message tables whose rooms are declared, or are pairs."""

    rooms: tuple[Rooms, ...]
    messages: tuple[Messages, ...]

    def by_rooms(self) -> Iterator[tuple[Rooms | None, tuple[Messages, ...]]]:
        """Yield each room table with the message tables that refer to it, and None with those between pairs."""
        for rooms in self.rooms:
            yield rooms, tuple(one for one in self.messages if one.rooms and one.rooms.number == rooms.number)
        if self.pairs:
            yield None, self.pairs

    @property
    def pairs(self) -> tuple[Messages, ...]:
        """The message tables between pairs, which have their rooms in common."""
        return tuple(messages for messages in self.messages if messages.rooms is None)

    def by_roots(self) -> Iterator[tuple[Messages, ...]]:
        """Yield the message tables that declare threads, together those whose replies refer to the same column."""
        by_root: dict[Any, list[Messages]] = {}
        for messages in self.messages:
            if root := messages.table.thread_root:
                found: Any = field_at(messages.table.model_class(), root)
                by_root.setdefault(found.target_field if found.related_model else messages.number, []).append(messages)
        return map(tuple, by_root.values())


def parts_of(
    room_tables: Sequence[RoomTable], message_tables: Sequence[MessageTable], using: str, known: dict[int, bool]
) -> Parts:
    """Return the tables of a source; `known` tells of which room tables every room counts."""
    rooms = tuple(Rooms(number, table, using) for number, table in enumerate(room_tables))
    found = [Messages(number, table, rooms_at(table, rooms), using, known) for number, table in enumerate(message_tables)]
    return Parts(rooms, tuple(one for one in found if one.rooms or isinstance(one.table.room, Pair)))


def rooms_at(table: MessageTable | UploadTable, rooms: Sequence[Rooms]) -> Rooms | None:
    """Return the room table to which the relation of a table leads; with one room table, it is that."""
    if isinstance(table.room, Pair):
        return None
    if len(rooms) < 2:
        return next(iter(rooms), None)
    relation = field_at(table.model_class(), str(table.room))
    return next((one for one in rooms if leads_to(relation, one.table.model_class())), None)
