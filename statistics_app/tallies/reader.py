"""A reader of the sums, which gives the same answers as the live source, each with one statement."""

import json
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db import connections

from ..exceptions import NotAnswered
from ..sources.base import Presence, RoomCount, RoomKind, RoomUse, Tally, UserGroup, UserType
from ..sources.labels import IN_DISCUSSION, Activity, by_language
from .declared import TallySet
from .definitions import MessageDefinition
from .plan import Amount, Count, InTeam


class TallyReader:
    """Answers the questions of a source from the sums.

    Each count is read with one statement, so the sums of a count are consistent at every isolation level. A method may be
    called only if the tallies of its counts are readable.
    """

    def __init__(self, tallies: TallySet, using: str) -> None:
        self.tallies = tallies
        self.using = using

    def users(self) -> list[UserGroup]:
        """Count the accounts by activity, presence and type."""
        groups: Counter[tuple[str, str | None, str | None]] = Counter()
        for (activity, presence, type_, _), count, _ in self._users:
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

    def user_languages(self) -> dict[str, int]:
        """Count the accounts by language."""
        return by_language((key[3], count) for key, count, _ in self._users)

    def rooms(self) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        return _by_kind((key[0], count) for key, count, _ in self._rooms)

    def messages(self) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        return _by_kind((class_, count) for class_, count, _ in self._classes)

    def threads(self) -> int:
        """Count the distinct messages that have at least one reply."""
        return int(self._select(self._messages.thread_count)[0][0])

    def discussions(self) -> Tally:
        """Count the rooms that have a parent room, and the messages in them."""
        rooms = sum(count for key, count, _ in self._rooms if key[0].endswith(IN_DISCUSSION))
        return Tally(rooms, sum(count for class_, count, _ in self._classes if class_.endswith(IN_DISCUSSION)))

    def pinned(self) -> int:
        """Count the pinned messages."""
        return sum(amounts[Amount.PINNED] for _, _, amounts in self._classes)

    def rooms_with_pinned(self) -> int:
        """Count the rooms that have a pinned message."""
        return int(self._select(self._messages.rooms_with_pinned)[0][0])

    def uploads(self) -> Tally:
        """Count the uploaded files and their bytes."""
        return next((Tally(count, amount) for _, count, amount in self._sums(Count.UPLOADS)), Tally(0, 0))

    def teams(self) -> Tally:
        """Count the teams, and the rooms inside them."""
        inside = sum(count for (_, in_team), count, _ in self._rooms if in_team != InTeam.NO)
        return Tally(sum(count for _, count, _ in self._sums(Count.TEAMS)), inside)

    def default_team_rooms(self) -> int:
        """Count the default rooms of teams."""
        return sum(count for (_, in_team), count, _ in self._rooms if in_team == InTeam.BY_DEFAULT)

    def top_rooms(self, limit: int = 10) -> list[RoomCount]:
        """List the rooms with the most messages."""
        rows = self._select(f"{self._messages.top_rooms} LIMIT {limit:d}")
        return [RoomCount(str(room), RoomKind(class_.removesuffix(IN_DISCUSSION)), int(n)) for room, class_, n in rows]

    def room_use(self) -> RoomUse:
        """Count the rooms, those without a message, and all messages."""
        rooms, silent, messages = self._select(self._messages.room_use)[0]
        return RoomUse(int(rooms), int(silent), int(messages))

    @cached_property
    def _users(self) -> list[tuple[list[Any], int, int]]:
        return self._sums(Count.USERS)

    @cached_property
    def _rooms(self) -> list[tuple[list[Any], int, int]]:
        return self._sums(Count.ROOMS)

    @cached_property
    def _classes(self) -> list[tuple[str, int, dict[str, int]]]:
        """The messages by class of their room: (class, number, amounts by name)."""
        return [
            (
                class_,
                _plausible(Count.MESSAGES, n),
                {name: int(sum_) for name, sum_ in zip(self._messages.amounts, sums, strict=True)},
            )
            for class_, n, *sums in self._select(self._messages.classes)
            if class_
        ]

    @property
    def _messages(self) -> MessageDefinition:
        return self.tallies.messages

    def _sums(self, name: Count) -> list[tuple[list[Any], int, int]]:
        rows = self._select(self.tallies.keyed(name).sums)
        return [(json.loads(key), _plausible(name, count), int(amount)) for key, count, amount in rows]

    def _select(self, statement: str) -> list[Any]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()


def _plausible(name: Count, number: Any) -> int:
    """Return a sum as a number. Errors: NotAnswered if it is negative, as after a restore that counted changes twice."""
    if number < 0:
        raise NotAnswered(f"The running count of {name} is negative, which cannot be: run `manage.py audit_tallies`.")
    return int(number)


def _by_kind(classes: Iterable[tuple[str, int]]) -> dict[RoomKind, int]:
    counts: Counter[str] = Counter()
    for class_, count in classes:
        counts[class_.removesuffix(IN_DISCUSSION)] += count
    return {kind: counts[kind] for kind in RoomKind}
