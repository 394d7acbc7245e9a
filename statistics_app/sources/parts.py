"""The rows of single tables that a source declares, and which of the tables have their rooms or their threads in common."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from .base import RoomKind
from .columns import field_at
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
    def all(self) -> "QuerySet[Any]":
        """The rooms that count."""
        return self.table.rows(self.using)

    @property
    def in_teams(self) -> "QuerySet[Any]":
        """The rooms that count and that are in a team."""
        return self.all.exclude(**{f"{self.table.team}__isnull": True})


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """A message table with the room table to which its messages refer; `number` is its position among those of the source."""

    number: int
    table: MessageTable
    rooms: Rooms
    every_room_counts: dict[int, bool] = field(default_factory=dict)
    """Whether all rooms of a table count, as far as it was found out in the view of the data that all questions share."""

    @property
    def room(self) -> F:
        """The expression for the key of a message's room."""
        return F(self.table.room)

    @property
    def kinds(self) -> Mapping[RoomKind, Q]:
        """The conditions of the kinds of rooms, on messages."""
        return {kind: self.in_rooms(condition) for kind, condition in self.rooms.table.kinds.items()}

    @property
    def discussion(self) -> Q | None:
        """The condition of a message in a discussion; None if the rooms declare none."""
        declared = self.rooms.table.discussion
        return None if declared is None else self.in_rooms(declared)

    def in_rooms(self, condition: Q) -> Q:
        """Return a condition on rooms as one on messages."""
        return through(self.table.room, condition)

    def counted(self) -> "QuerySet[Any]":
        """Return the messages that count: those in rooms that count, as they were when this was first asked of the rooms."""
        known = self.every_room_counts
        if self.rooms.number not in known:
            known[self.rooms.number] = every_room_counts(self.rooms)
        return self._in_rooms_that_count(every_room_counts=known[self.rooms.number])

    def counted_now(self) -> "QuerySet[Any]":
        """Return the messages that count, in rooms that count in the present view of the data."""
        return self._in_rooms_that_count(every_room_counts=every_room_counts(self.rooms))

    def sent_between(self, since: datetime, until: datetime) -> "QuerySet[Any]":
        """Return the messages that count that were sent from `since` until `until` (excluded)."""
        return self.counted_now().filter(**{f"{self.table.sent_at}__gte": since, f"{self.table.sent_at}__lt": until})

    def latest(self) -> datetime | None:
        """Return the time of the latest message that counts, found by its index."""
        sent_at = self.table.sent_at
        # Ordered by the index, since a maximum over a join would read every message.
        sent = self.counted().filter(has_plausible_time(sent_at)).order_by(f"-{sent_at}")
        return sent.values_list(sent_at, flat=True).first()

    def _in_rooms_that_count(self, *, every_room_counts: bool) -> "QuerySet[Any]":
        rows = self.table.rows(self.rooms.using)
        if every_room_counts and not room_may_be_missing(self.table):
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
    """The room tables of a source, and the message tables whose rooms are declared."""

    rooms: tuple[Rooms, ...]
    messages: tuple[Messages, ...]

    def by_rooms(self) -> Iterator[tuple[Rooms, tuple[Messages, ...]]]:
        """Yield each room table with the message tables that refer to it."""
        for rooms in self.rooms:
            yield rooms, tuple(messages for messages in self.messages if messages.rooms.number == rooms.number)

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
    messages = (
        Messages(number, table, found, known)
        for number, table in enumerate(message_tables)
        if (found := rooms_at(table, table.room, rooms))
    )
    return Parts(rooms, tuple(messages))


def rooms_at(table: MessageTable | UploadTable, path: str, rooms: Sequence[Rooms]) -> Rooms | None:
    """Return the room table to which a relation leads; with one room table, it is that."""
    if len(rooms) < 2:
        return next(iter(rooms), None)
    relation = field_at(table.model_class(), path)
    return next((one for one in rooms if leads_to(relation, one.table.model_class())), None)
