"""Counting with the sums of the tables that triggers count, and with queries of the rows of the others."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db import connections

from ..exceptions import NotAnswered
from ..sources.base import Presence, RoomCount, RoomKind, RoomUse, Tally, UserGroup, UserType
from ..sources.counting import LiveCounting
from ..sources.labels import IN_DISCUSSION, Activity, by_language
from ..sources.parts import Messages, Rooms
from ..sources.tables import Table, UploadTable, UserTable
from .declared import TallySet
from .definitions import MessageDefinition, PartitionedDefinition
from .plan import Amount, Count, InTeam, name_of
from .room_sql import joint_rooms, joint_sums, room_use, rooms_with, top_rooms


class TalliedCounting(LiveCounting):
    """Reads the sums of the tallies that are readable, whose names `ready` returns, and counts the other tables live.

    The sums of one table are read with one statement, so they are consistent at every isolation level.
    """

    def __init__(self, tallies: TallySet, ready: Callable[[], Collection[str]], using: str) -> None:
        super().__init__(using)
        self.tallies = tallies
        self._ready = ready
        self._keyed: dict[str, list[tuple[list[Any], int, int]]] = {}
        self._by_class: dict[str, list[tuple[str, int, dict[str, int]]]] = {}

    def users(self, table: UserTable) -> list[UserGroup]:
        """Count the accounts by activity, presence and type."""
        if (sums := self._sums(Count.USERS)) is None:
            return super().users(table)
        groups: Counter[tuple[str, str | None, str | None]] = Counter()
        for (activity, presence, type_, _), count, _ in sums:
            groups[activity, presence, type_] += count
        return [
            UserGroup(
                activity == Activity.ACTIVE,
                Presence(presence) if presence else None,
                UserType(type_) if type_ else None,
                count,
            )
            for (activity, presence, type_), count in groups.items()
        ]

    def user_languages(self, table: UserTable) -> dict[str, int]:
        """Count the accounts by language."""
        if (sums := self._sums(Count.USERS)) is None:
            return super().user_languages(table)
        return by_language((key[3], count) for key, count, _ in sums)

    def rooms(self, rooms: Rooms) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        if (sums := self._sums(Count.ROOMS, rooms.number)) is None:
            return super().rooms(rooms)
        return _by_kind((key[0], count) for key, count, _ in sums)

    def discussions(self, rooms: Rooms) -> int:
        """Count the rooms that are discussions."""
        if (sums := self._sums(Count.ROOMS, rooms.number)) is None:
            return super().discussions(rooms)
        return sum(count for key, count, _ in sums if key[0].endswith(IN_DISCUSSION))

    def rooms_in_teams(self, rooms: Rooms) -> int:
        """Count the rooms in teams."""
        if (sums := self._sums(Count.ROOMS, rooms.number)) is None:
            return super().rooms_in_teams(rooms)
        return sum(count for (_, in_team), count, _ in sums if in_team != InTeam.NO)

    def default_team_rooms(self, rooms: Rooms) -> int:
        """Count the default rooms of teams."""
        if (sums := self._sums(Count.ROOMS, rooms.number)) is None:
            return super().default_team_rooms(rooms)
        return sum(count for (_, in_team), count, _ in sums if in_team == InTeam.BY_DEFAULT)

    def teams(self, table: Table) -> int:
        """Count the teams."""
        if (sums := self._sums(Count.TEAMS)) is None:
            return super().teams(table)
        return sum(count for _, count, _ in sums)

    def uploads(self, table: UploadTable, number: int) -> Tally:
        """Count the uploaded files and their bytes."""
        if (sums := self._sums(Count.UPLOADS, number)) is None:
            return super().uploads(table, number)
        return next((Tally(count, amount) for _, count, amount in sums), Tally(0, 0))

    def messages(self, messages: Messages) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        if (classes := self._classes(messages)) is None:
            return super().messages(messages)
        return _by_kind((class_, count) for class_, count, _ in classes)

    def in_discussions(self, messages: Messages) -> int:
        """Count the messages in discussions."""
        if (classes := self._classes(messages)) is None:
            return super().in_discussions(messages)
        return sum(count for class_, count, _ in classes if class_.endswith(IN_DISCUSSION))

    def pinned(self, messages: Messages) -> int:
        """Count the pinned messages."""
        if (classes := self._classes(messages)) is None:
            return super().pinned(messages)
        return sum(amounts[Amount.PINNED] for _, _, amounts in classes)

    def threads(self, tables: Sequence[Messages]) -> int:
        """Count the distinct messages that have at least one reply; sums of several tables may have some in common."""
        definition = self._definition(tables[0]) if len(tables) == 1 else None
        return super().threads(tables) if definition is None else int(self._select(definition.thread_count)[0][0])

    def rooms_with_pinned(self, tables: Sequence[Messages]) -> int:
        """Count the rooms that have a pinned message."""
        if not (definitions := self._definitions(tables)):
            return super().rooms_with_pinned(tables)
        statement = definitions[0].rooms_with_pinned
        if len(definitions) > 1:
            statement = rooms_with(joint_rooms(one.with_pinned for one in definitions), definitions[0].rooms)
        return int(self._select(statement)[0][0])

    def top_rooms(self, tables: Sequence[Messages], limit: int) -> list[RoomCount]:
        """List the rooms with the most messages."""
        if not (definitions := self._definitions(tables)):
            return super().top_rooms(tables, limit)
        statement = definitions[0].top_rooms
        if len(definitions) > 1:
            statement = top_rooms(joint_sums(one.by_room for one in definitions), definitions[0].rooms)
        rows = self._select(f"{statement} LIMIT {limit:d}")
        prefix = definitions[0].prefix
        return [RoomCount(f"{prefix}{room}", RoomKind(class_.removesuffix(IN_DISCUSSION)), int(n)) for room, class_, n in rows]

    def pairs(self, tables: Sequence[Messages]) -> int:
        """Count the distinct pairs of accounts between whom there are messages."""
        return self.room_use(None, tables).rooms if self._definitions(tables) else super().pairs(tables)

    def room_use(self, rooms: Rooms | None, tables: Sequence[Messages]) -> RoomUse:
        """Count the rooms, those without a message, and all messages."""
        if not (definitions := self._definitions(tables)):
            return super().room_use(rooms, tables)
        statement = definitions[0].room_use
        if len(definitions) > 1:
            statement = room_use(joint_sums(one.by_room for one in definitions), definitions[0].rooms)
        number, silent, messages = self._select(statement)[0]
        return RoomUse(int(number), int(silent), int(messages))

    def _sums(self, count: Count, number: int = 0) -> list[tuple[list[Any], int, int]] | None:
        """Return the (key, count, amount) of a tally; None if it cannot be read."""
        if (name := name_of(count, number)) not in self._ready():
            return None
        if name not in self._keyed:
            rows = self._select(self.tallies.keyed(name).sums)
            self._keyed[name] = [(json.loads(key), _plausible(name, count), int(amount)) for key, count, amount in rows]
        return self._keyed[name]

    def _classes(self, messages: Messages) -> list[tuple[str, int, dict[str, int]]] | None:
        """Return the messages by class of their room, (class, number, amounts by name); None if they cannot be read."""
        if (definition := self._definition(messages)) is None:
            return None
        name, amounts = definition.name, definition.amounts
        if name not in self._by_class:
            self._by_class[name] = [
                (class_, _plausible(name, n), {amount: int(sum_) for amount, sum_ in zip(amounts, sums, strict=True)})
                for class_, n, *sums in self._select(definition.classes)
                if class_
            ]
        return self._by_class[name]

    def _definition(self, messages: Messages) -> MessageDefinition | None:
        name = name_of(Count.MESSAGES, messages.number)
        return self.tallies.of_messages(name) if name in self._ready() else None

    def _definitions(self, tables: Sequence[Messages]) -> list[MessageDefinition]:
        """Return the definitions of tables with common rooms; none if one cannot be read, or not together with others."""
        found = [definition for messages in tables if (definition := self._definition(messages))]
        is_partitioned = any(isinstance(definition, PartitionedDefinition) for definition in found)
        return [] if len(found) < len(tables) or (len(found) > 1 and is_partitioned) else found

    def _select(self, statement: str) -> list[Any]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()


def _plausible(name: str, number: Any) -> int:
    """Return a sum as a number. Errors: NotAnswered if it is negative, as after a restore that counted changes twice."""
    if number < 0:
        raise NotAnswered(f"The running count of {name} is negative, which cannot be: run `manage.py audit_tallies`.")
    return int(number)


def _by_kind(classes: Iterable[tuple[str, int]]) -> dict[RoomKind, int]:
    counts: Counter[str] = Counter()
    for class_, count in classes:
        counts[class_.removesuffix(IN_DISCUSSION)] += count
    return {kind: counts[kind] for kind in RoomKind}
