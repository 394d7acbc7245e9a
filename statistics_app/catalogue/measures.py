"""Statistics that are computed: each takes the answer to one question and gives one number, or one object."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ..exceptions import NotAnswered
from ..serialization import wire_time
from ..sources.base import Presence, RoomKind, Tally, UserGroup, UserType

Measure = Callable[[Any], Any]


def as_is(answer: Any) -> Any:
    """Give the answer itself."""
    return answer


def time(answer: datetime | None) -> str | None:
    """Give a time as the wire says it."""
    return wire_time(answer)


def users(*, active: bool | None = None, presence: Iterable[Presence] | None = None, type: UserType | None = None) -> Measure:
    """Count the accounts that are all of what is named; errors: NotAnswered where the chat knows no presence or no type."""

    present = None if presence is None else frozenset(presence)

    def count(groups: list[UserGroup]) -> int:
        if present is not None and any(group.presence is None for group in groups):
            raise NotAnswered("This workspace's source says nothing about presence.")
        if type is not None and any(group.type is None for group in groups):
            raise NotAnswered("This workspace's source says nothing about types of users.")
        return sum(
            group.count
            for group in groups
            if active in (None, group.active) and (present is None or group.presence in present) and type in (None, group.type)
        )

    return count


def total(counts: Mapping[RoomKind, int]) -> int:
    """Add up the counts of the four kinds of room."""
    return sum(counts.values())


def of_kind(kind: RoomKind) -> Measure:
    """Give the count of one kind of room."""
    return lambda counts: counts.get(kind, 0)


def count(tally: Tally) -> int:
    """Give how many."""
    return tally.count


def amount(tally: Tally) -> int:
    """Give how much in all."""
    return tally.amount


def teams(tally: Tally) -> dict[str, int]:
    """Give the teams as the object that clients know."""
    return {"totalTeams": tally.count, "totalRoomsInsideTeams": tally.amount}
