"""Declarations of presence that is not a column of the accounts: `Since` a time in a column, or `Asked` of a function."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from .base import Presence


class Since(Q):
    """The condition that a time in a column is at most so long ago: `Since("last_seen", minutes=5)`.

    It is a range of an index when a snapshot is taken: no trigger could count what changes without a write.
    """

    column = ""
    span = timedelta()

    def __init__(self, column: str, *, minutes: float = 0, seconds: float = 0) -> None:
        span = timedelta(minutes=minutes, seconds=seconds)
        if span <= timedelta():
            raise ValueError(f"Since({column!r}) needs a time, such as minutes=5.")
        super().__init__(**{f"{column}__gte": Now() - span})
        self.column, self.span = column, span

    def at(self, moment: datetime) -> Q:
        """Return the condition as of a moment."""
        return Q(**{f"{self.column}__gte": moment - self.span})


class Asked(Mapping[Presence, Q]):
    """Presence that a function knows: it returns keys of accounts by presence, and is asked once for each snapshot.

    `key` is the column of the account table that the keys are in. If the answer takes more than `seconds`, has more than `most`
    keys, or is an error, presence is unknown, with the reason. The function is called in a thread of its own. As a mapping,
    this is empty: no condition of the table declares presence.
    """

    def __init__(
        self,
        function: Callable[[], Mapping[Presence, Iterable[Any]]],
        *,
        key: str = "pk",
        seconds: float = 2,
        most: int = 100_000,
    ) -> None:
        self.function, self.key, self.seconds, self.most = function, key, seconds, most

    # Two are not equal for being empty.
    __eq__, __hash__ = object.__eq__, object.__hash__

    def __getitem__(self, key: Presence) -> Q:
        raise KeyError(key)

    def __iter__(self) -> Iterator[Presence]:
        return iter(())

    def __len__(self) -> int:
        return 0


def moving(presence: Mapping[Presence, Q] | None) -> bool:
    """Return whether presence changes without a write to the accounts."""
    return isinstance(presence, Asked) or any(isinstance(one, Since) and one.column for one in (presence or {}).values())


def as_of(presence: Mapping[Presence, Q], moment: datetime) -> dict[Presence, Q]:
    """Return the conditions of presence as of a moment."""
    return {Presence(key): one.at(moment) if isinstance(one, Since) and one.column else one for key, one in presence.items()}
