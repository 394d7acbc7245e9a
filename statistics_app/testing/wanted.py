"""What the contract asks a host's factories for: the meaning of a row, from which a factory makes one of its own model.

`number` is unique, and stays the same when a row is changed. If `counts` is False, the source must leave the row out, as a
message that is marked as deleted. References to other rows are the host's own instances.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..sources.base import Presence, RoomKind, UserType


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account."""

    number: int
    active: bool
    presence: Presence
    type: UserType
    language: str
    last_login: datetime | None
    created_at: datetime
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team."""

    number: int
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room; one with a `parent` is a discussion, and the `members` of a direct one are two users in no other."""

    number: int
    kind: RoomKind
    created_at: datetime
    parent: Any = None
    team: Any = None
    is_team_default: bool = False
    members: tuple[Any, ...] = ()
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message, which may be a reply in the thread of a `root`, another message of the same room."""

    number: int
    room: Any
    author: Any
    sent_at: datetime
    root: Any = None
    pinned: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """That a user read a room; there is one for each pair."""

    number: int
    user: Any
    room: Any
    last_seen: datetime
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of a message, with the message's room and author."""

    number: int
    message: Any
    room: Any
    user: Any
    size: int
    uploaded_at: datetime
    counts: bool = True
