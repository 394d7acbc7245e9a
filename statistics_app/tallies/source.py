"""A source that reads running counts where they stand, and asks the host's tables where they do not."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.checks import CheckMessage
from django.db import connections

from ..sources.base import ChatSource, Presence, RoomKind, Tally, UserGroup, UserType
from ..sources.labels import IN_DISCUSSION, Activity, by_language
from .machinery import machinery_of, ready
from .plan import Count


class TalliedSource(ChatSource):
    """Answers as the live source does, the same numbers at a cost that does not grow; `live` answers the rest.

    Each answer is one statement, right at every isolation level. Whether the sums can be read is looked up once, in the same
    view of the data as they.
    """

    def __init__(self, live: ChatSource) -> None:
        super().__init__(live.at)
        self.live = live
        self.using = live.using
        self.machinery = machinery_of(live)

    def users(self) -> list[UserGroup]:
        """Count the accounts by activity, presence and type."""
        if not self._stands(Count.USERS):
            return self.live.users()
        groups: Counter[tuple[str, str | None, str | None]] = Counter()
        for (activity, presence, type_, _), count, _ in self._sums(Count.USERS):
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
        if not self._stands(Count.USERS) or self.live.user_table.language is None:  # type: ignore[attr-defined]
            return self.live.user_languages()
        return by_language((key[3], count) for key, count, _ in self._sums(Count.USERS))

    def rooms(self) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        if not self._stands(Count.ROOMS):
            return self.live.rooms()
        return _by_kind((key[0], count) for key, count, _ in self._sums(Count.ROOMS))

    def messages(self) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        if not self._stands(Count.MESSAGES):
            return self.live.messages()
        return _by_kind((class_, count) for class_, count, _ in self._classes)

    def threads(self) -> int:
        """Count the distinct messages that have at least one reply."""
        if not self._stands(Count.MESSAGES) or self.live.message_table.thread_root is None:  # type: ignore[attr-defined]
            return self.live.threads()
        return int(self._read(Count.MESSAGES, "threads")[0][0])

    def discussions(self) -> Tally:
        """Count the rooms that have a parent room, and the messages in them."""
        both_stand = self._stands(Count.ROOMS) and self._stands(Count.MESSAGES)
        if not both_stand or self.live.room_table.discussion is None:  # type: ignore[attr-defined]
            return self.live.discussions()
        rooms = sum(count for key, count, _ in self._sums(Count.ROOMS) if key[0].endswith(IN_DISCUSSION))
        return Tally(rooms, sum(count for class_, count, _ in self._classes if class_.endswith(IN_DISCUSSION)))

    def pinned(self) -> int:
        """Count the pinned messages."""
        if not self._stands(Count.MESSAGES) or self.live.message_table.pinned is None:  # type: ignore[attr-defined]
            return self.live.pinned()
        return sum(pinned for _, _, pinned in self._classes)

    def uploads(self) -> Tally:
        """Count the uploaded files, and their bytes."""
        if not self._stands(Count.UPLOADS):
            return self.live.uploads()
        return next((Tally(count, amount) for _, count, amount in self._sums(Count.UPLOADS)), Tally(0, 0))

    def teams(self) -> Tally:
        """Count the teams, and the rooms inside them."""
        in_teams = self._stands(Count.ROOMS) and self._stands(Count.TEAMS)
        if not in_teams or self.live.room_table.team is None:  # type: ignore[attr-defined]
            return self.live.teams()
        teams = sum(count for _, count, _ in self._sums(Count.TEAMS))
        return Tally(teams, sum(count for key, count, _ in self._sums(Count.ROOMS) if key[1]))

    def last_login(self) -> datetime | None:
        """Find the latest login of anyone."""
        return self.live.last_login()

    def last_message(self) -> datetime | None:
        """Find the time of the latest message."""
        return self.live.last_message()

    def last_seen(self) -> datetime | None:
        """Find the latest time that anyone read a room."""
        return self.live.last_seen()

    def me(self, user: Any) -> dict[str, Any]:
        """Describe a user as the host does."""
        return self.live.me(user)

    def app_labels(self) -> set[str]:  # type: ignore[override] # of this very source
        """Name the apps of the host's tables."""
        return self.live.app_labels()

    def check(self) -> list[CheckMessage]:  # type: ignore[override] # of this very source
        """Say what is wrong with the host's declarations."""
        return self.live.check()

    @cached_property
    def ready(self) -> set[Count]:
        """The counts that are read from running sums; the others are counted live."""
        return ready(self.machinery)

    @cached_property
    def _classes(self) -> list[tuple[str, int, int]]:
        return [(class_, int(n), int(pinned)) for class_, n, pinned in self._read(Count.MESSAGES, "classes") if class_]

    def _stands(self, name: Count) -> bool:
        return name in self.ready

    def _sums(self, name: Count) -> Iterable[tuple[list[Any], int, int]]:
        return [(json.loads(key), int(count), int(amount)) for key, count, amount in self._read(name, "sums")]

    def _read(self, name: Count, what: str) -> list[Any]:
        definition = self.machinery.of(name)
        assert definition is not None
        with connections[self.using].cursor() as cursor:
            cursor.execute(definition.reads[what])
            return cursor.fetchall()


def _by_kind(classes: Iterable[tuple[str, int]]) -> dict[RoomKind, int]:
    counts: Counter[str] = Counter()
    for class_, count in classes:
        counts[class_.removesuffix(IN_DISCUSSION)] += count
    return {kind: counts[kind] for kind in RoomKind}
