"""Counting the rows of single tables: a source adds the numbers of its tables up.

`LiveCounting` queries the rows. The running counts give the same numbers of the tables that triggers count.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from .base import Presence, RoomCount, RoomKind, RoomUse, Tally, UserGroup, UserType
from .labels import Activity, by_language, labelled, user_labels
from .parts import Messages, Rooms
from .tables import Table, UploadTable, UserTable


class LiveCounting:
    """Counts rows by querying them; a method may be called only for tables that declare what it counts."""

    def __init__(self, using: str) -> None:
        self.using = using

    def users(self, table: UserTable) -> list[UserGroup]:
        """Count the accounts by activity, presence and type, in one query."""
        active, presence, type_ = user_labels(table)
        rows = (
            table.rows(self.using)
            .annotate(
                _active=active,
                _presence=presence,
                _type=type_,
            )
            .order_by()
            .values_list("_active", "_presence", "_type")
            .annotate(_count=Count("pk"))
        )
        return [
            UserGroup(activity == Activity.ACTIVE, status and Presence(status), user_type and UserType(user_type), count)
            for activity, status, user_type, count in rows
            if count  # without a property to group by, no accounts are one group of none
        ]

    def user_languages(self, table: UserTable) -> dict[str, int]:
        """Count the accounts by language, most frequent first."""
        rows = table.rows(self.using).order_by().values_list(str(table.language)).annotate(_count=Count("pk"))
        return by_language(rows)

    def rooms(self, rooms: Rooms) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        return _by_kind(rooms.all, rooms.table.kinds)

    def discussions(self, rooms: Rooms) -> int:
        """Count the rooms that are discussions."""
        return rooms.all.filter(rooms.table.discussion).count()

    def rooms_in_teams(self, rooms: Rooms) -> int:
        """Count the rooms in teams."""
        return rooms.in_teams.count()

    def default_team_rooms(self, rooms: Rooms) -> int:
        """Count the rooms of teams that meet the condition of default rooms."""
        return rooms.in_teams.filter(rooms.table.team_default).count()

    def teams(self, table: Table) -> int:
        """Count the teams."""
        return table.rows(self.using).count()

    def messages(self, messages: Messages) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        return _by_kind(messages.counted(), messages.kinds)

    def in_discussions(self, messages: Messages) -> int:
        """Count the messages in discussions."""
        return messages.counted().filter(messages.discussion).count()

    def pinned(self, messages: Messages) -> int:
        """Count the pinned messages."""
        return messages.counted().filter(messages.table.pinned).count()

    def threads(self, tables: Sequence[Messages]) -> int:
        """Count the distinct thread roots to which the messages of tables refer, all to the same column."""
        return _distinct([(messages.counted(), F(str(messages.table.thread_root))) for messages in tables])

    def rooms_with_pinned(self, tables: Sequence[Messages]) -> int:
        """Count the distinct rooms of pinned messages, all of one room table."""
        return _distinct([(messages.counted().filter(messages.table.pinned), messages.room) for messages in tables])

    def top_rooms(self, tables: Sequence[Messages], limit: int) -> list[RoomCount]:
        """Count the messages of every room of one room table, and return the busiest rooms."""
        if len(tables) == 1:
            busiest = _by_room(tables[0]).order_by("-_count", "_room")[:limit]
            return [RoomCount(f"{tables[0].prefix}{key}", RoomKind(kind), count) for key, kind, count in busiest]
        counts: dict[Any, tuple[str, int]] = {}
        for messages in tables:
            for key, kind, count in _by_room(messages):
                counts[key] = kind, count + (counts[key][1] if key in counts else 0)
        ordered = sorted(counts.items(), key=lambda item: (-item[1][1], item[0]))[:limit]
        return [RoomCount(f"{tables[0].prefix}{key}", RoomKind(kind), count) for key, (kind, count) in ordered]

    def room_use(self, rooms: Rooms | None, tables: Sequence[Messages]) -> RoomUse:
        """Count the rooms of one room table, those without a message, and the messages in them; without a table, pairs."""
        if rooms is None:
            return RoomUse(self.pairs(tables), 0, sum(messages.counted().count() for messages in tables))
        number = rooms.all.count()
        if len(tables) == 1:
            totals = tables[0].counted().aggregate(_rooms=Count(tables[0].room, distinct=True), _messages=Count("pk"))
            return RoomUse(number, number - totals["_rooms"], totals["_messages"])
        used = _distinct([(messages.counted(), messages.room) for messages in tables])
        return RoomUse(number, number - used, sum(messages.counted().count() for messages in tables))

    def pairs(self, tables: Sequence[Messages]) -> int:
        """Count the distinct pairs of accounts between whom there are messages."""
        return _distinct([(messages.counted(), messages.room) for messages in tables])

    def uploads(self, table: UploadTable, number: int) -> Tally:
        """Count the uploads and add up their sizes; an unknown size counts as 0 bytes."""
        totals = table.rows(self.using).aggregate(_count=Count("pk"), _bytes=Sum(table.size))
        return Tally(totals["_count"], int(totals["_bytes"] or 0))


def distinct_teams(tables: Sequence[Rooms]) -> int:
    """Count the distinct teams to which rooms refer."""
    return _distinct([(rooms.in_teams, F(str(rooms.table.team))) for rooms in tables])


def _by_kind(rows: "QuerySet[Any]", kinds: Mapping[RoomKind, Q]) -> dict[RoomKind, int]:
    counts = rows.annotate(_kind=labelled(kinds)).order_by().values_list("_kind").annotate(_count=Count("pk"))
    by_kind = {RoomKind(kind): count for kind, count in counts if kind is not None}
    return {kind: by_kind.get(kind, 0) for kind in RoomKind}


def _by_room(messages: Messages) -> "QuerySet[Any, Any]":
    """Return a query of (room, kind, number) of every room with messages."""
    labels = messages.counted().annotate(_room=messages.room, _kind=labelled(messages.kinds))
    return labels.order_by().values_list("_room", "_kind").annotate(_count=Count("pk"))


def _distinct(columns: Sequence[tuple["QuerySet[Any]", Any]]) -> int:
    """Count the distinct values of an expression over some rows, together those of several tables; NULL is none."""
    if len(columns) == 1:
        rows, value = columns[0]
        return int(rows.aggregate(_count=Count(value, distinct=True))["_count"])
    selected = [rows.annotate(_value=value).exclude(_value=None).order_by().values_list("_value") for rows, value in columns]
    return selected[0].union(*selected[1:]).count() if selected else 0
