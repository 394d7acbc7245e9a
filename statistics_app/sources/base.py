"""What can be asked about a chat; a host answers by subclassing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.checks import CheckMessage
from django.db import DEFAULT_DB_ALIAS

from ..exceptions import NotAnswered


class RoomKind(StrEnum):
    """The four kinds of room that the API knows; the values are Rocket.Chat's letters."""

    CHANNEL = "c"
    PRIVATE_GROUP = "p"
    DIRECT = "d"
    LIVECHAT = "l"


class Presence(StrEnum):
    """What a user's status can be; whoever is neither online, away nor busy is offline."""

    ONLINE = "online"
    AWAY = "away"
    BUSY = "busy"
    OFFLINE = "offline"


class UserType(StrEnum):
    """What an account stands for."""

    USER = "user"
    BOT = "bot"
    APP = "app"
    GUEST = "guest"


class EventKind(StrEnum):
    """What happens in a chat at a time of its own; messages and rooms are told apart by the kind of the room."""

    MESSAGES = "messages"
    USERS = "users"
    ROOMS = "rooms"
    UPLOADS = "uploads"
    BYTES = "bytes"

    def of(self, kind: RoomKind) -> str:
        """Name the events of one kind of room."""
        return f"{self}:{kind}"


class EventCount(NamedTuple):
    """How much of something (`messages:c`, `users`) happened in the quarter of an hour (UTC) that begins then."""

    key: str
    quarter: datetime
    number: int


@dataclass(frozen=True, slots=True)
class UserGroup:
    """Accounts that are alike; every account is in one group, so all sums over groups agree.

    Presence or type is None, in all groups alike, where the chat does not know such a thing.
    """

    active: bool
    presence: Presence | None
    type: UserType | None
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how much in all: messages in discussions, bytes of uploads, rooms of teams."""

    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class RoomCount:
    """A room by its key, its kind, and how many messages are in it."""

    room: str
    kind: RoomKind
    messages: int


@dataclass(frozen=True, slots=True)
class RoomUse:
    """How many rooms count, how many of them are without a message, and how many messages are in all."""

    rooms: int
    silent: int
    messages: int

    @property
    def average(self) -> float:
        """Messages in a room, on average; 0 where there is no room."""
        return self.messages / self.rooms if self.rooms else 0.0


class ChatSource:
    """Answers questions about the chat as it is at one instant.

    Every question is one method, and one query where it groups. A host answers what it can: a question that is not overridden
    raises NotAnswered, and the statistics that need it are null, with the reason. New questions come as new methods of this
    kind, never abstract ones, so a host's source goes on working with a newer app.
    """

    using = DEFAULT_DB_ALIAS
    """The database that the questions are asked of; all are asked in one transaction there."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def users(self) -> list[UserGroup]:
        """Count the accounts by activity, presence and type."""
        raise self._not_answered("users")

    def user_languages(self) -> dict[str, int]:
        """Count the accounts by language; those without one under `none`."""
        raise self._not_answered("languages of users")

    def rooms(self) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        raise self._not_answered("rooms")

    def messages(self) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        raise self._not_answered("messages")

    def threads(self) -> int:
        """Count the distinct messages that have at least one reply."""
        raise self._not_answered("threads")

    def discussions(self) -> Tally:
        """Count the rooms that have a parent room, and the messages in them."""
        raise self._not_answered("discussions")

    def pinned(self) -> int:
        """Count the pinned messages."""
        raise self._not_answered("pinned messages")

    def uploads(self) -> Tally:
        """Count the uploaded files, and their bytes."""
        raise self._not_answered("uploads")

    def teams(self) -> Tally:
        """Count the teams, and the rooms inside them."""
        raise self._not_answered("teams")

    def top_rooms(self, limit: int = 10) -> list[RoomCount]:
        """List the rooms with the most messages, the busiest first; those alike by key."""
        raise self._not_answered("single rooms")

    def room_use(self) -> RoomUse:
        """Count the rooms, those without a message, and the messages in all."""
        raise self._not_answered("single rooms")

    def events(self, since: datetime, until: datetime) -> Iterable[EventCount]:
        """Count what happened in a range of quarters of an hour, `until` left out; a quarter without events has none."""
        raise self._not_answered("when something happened")

    def first_event(self) -> datetime | None:
        """Find the time of the earliest event; None where nothing ever happened."""
        raise self._not_answered("when something happened")

    def last_login(self) -> datetime | None:
        """Find the latest login of anyone; None where nobody ever did."""
        raise self._not_answered("logins")

    def last_message(self) -> datetime | None:
        """Find the time of the latest message; None where there is none."""
        raise self._not_answered("times of messages")

    def last_seen(self) -> datetime | None:
        """Find the latest time that anyone read a room; None where nobody did."""
        raise self._not_answered("reading of rooms")

    def me(self, user: Any) -> dict[str, Any]:
        """Describe a user as clients see themselves, by wire key; never with a secret."""
        email = getattr(user, user.get_email_field_name(), "") or ""
        return {
            "_id": str(user.pk),
            "username": user.get_username(),
            "name": (user.get_full_name() if hasattr(user, "get_full_name") else "") or user.get_username(),
            "active": user.is_active,
            "roles": ["admin", "user"] if getattr(user, "is_superuser", False) else ["user"],
            "emails": [{"address": email, "verified": False}] if email else [],
            "email": email,
            "status": Presence.OFFLINE.value,
            "statusConnection": Presence.OFFLINE.value,
        }

    @classmethod
    def app_labels(cls) -> set[str]:
        """Name the Django apps whose migrations make the chat's tables."""
        return set()

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """Return what is wrong with the declarations, as Django's system checks say it."""
        return []

    @staticmethod
    def _not_answered(what: str) -> NotAnswered:
        return NotAnswered(f"This workspace's source says nothing about {what}.")
