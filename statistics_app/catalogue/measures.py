"""Measures: functions that compute the value of a statistic, a number or an object, from the answer to one question."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ..exceptions import NotAnswered
from ..serialization import wire_time
from ..sources.base import Presence, RoomKind, Tally, UserGroup, UserType
from ..sources.presence import GroupsWithoutPresence

Measure = Callable[[Any], Any]


def as_is(answer: Any) -> Any:
    """Return the answer unchanged."""
    return answer


def time(answer: datetime | None) -> str | None:
    """Return a time in the wire format."""
    return wire_time(answer)


def users(*, active: bool | None = None, presence: Iterable[Presence] | None = None, type: UserType | None = None) -> Measure:
    """Return a measure that counts the accounts that meet all given conditions.

    The measure raises NotAnswered if it needs presence or type and the chat has no such property.
    """

    present = None if presence is None else frozenset(presence)

    def count(groups: list[UserGroup]) -> int:
        if present is not None and any(group.presence is None for group in groups):
            reason = groups.reason if isinstance(groups, GroupsWithoutPresence) else ""
            raise NotAnswered(reason or "This workspace's source provides no data about presence.")
        if type is not None and any(group.type is None for group in groups):
            raise NotAnswered("This workspace's source provides no data about user types.")
        return sum(
            group.count
            for group in groups
            if active in (None, group.active) and (present is None or group.presence in present) and type in (None, group.type)
        )

    return count


def total(counts: Mapping[RoomKind, int]) -> int:
    """Return the sum of the counts of all kinds of room."""
    return sum(counts.values())


def rooms(counts: Mapping[RoomKind, int]) -> int:
    """Return the number of rooms, without those that are known only from their messages."""
    return sum(count for kind, count in counts.items() if kind is not RoomKind.UNKNOWN)


def of_kind(kind: RoomKind) -> Measure:
    """Return a measure for the count of one kind of room."""
    return lambda counts: counts.get(kind, 0)


def count(tally: Tally) -> int:
    """Return the count."""
    return tally.count


def amount(tally: Tally) -> int:
    """Return the total amount."""
    return tally.amount


def teams(tally: Tally) -> dict[str, int]:
    """Return the counts of teams and of their rooms as the object that clients expect."""
    return {"totalTeams": tally.count, "totalRoomsInsideTeams": tally.amount}
