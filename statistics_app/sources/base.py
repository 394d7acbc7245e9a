"""The interface to the chat's data: `ChatSource`, which a host subclasses, and the types of its answers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.core.checks import CheckMessage
from django.db import DEFAULT_DB_ALIAS

from ..exceptions import NotAnswered
from ..texts import Text
from ..texts import gettext_noop as _
from .active_days import AccountDay, RoomQuarter
from .event_kinds import EventCount, EventKind, UntimedRows
from .reported import ReportedStatistics


class RoomKind(StrEnum):
    """The kinds of room: the four of the API, with Rocket.Chat's letters as their values, and two that only totals include.

    An unknown room is one that the chat knows only because messages refer to it: these count, but it is not counted as a room.
    """

    CHANNEL = "c"
    PRIVATE_GROUP = "p"
    DIRECT = "d"
    LIVECHAT = "l"
    OTHER = "o"
    UNKNOWN = "u"


class Presence(StrEnum):
    """A user's status; a user who is neither online, away nor busy is offline."""

    ONLINE = "online"
    AWAY = "away"
    BUSY = "busy"
    OFFLINE = "offline"


class UserType(StrEnum):
    """The type of an account."""

    USER = "user"
    BOT = "bot"
    APP = "app"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class UserGroup:
    """The number of accounts with the same properties; every account is in exactly one group, so sums over groups agree.

    Presence or type is None, in all groups, if the chat has no such property.
    """

    active: bool
    presence: Presence | None
    type: UserType | None
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A count and a total amount: of discussions and their messages, uploads and their bytes, teams and their rooms."""

    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class RoomCount:
    """A room: its key, its kind, and the number of its messages."""

    room: str
    kind: RoomKind
    messages: int


@dataclass(frozen=True, slots=True)
class RoomLabel:
    """What people know a room by: its kind, and its name, empty if it has none; everybody may see that of a `public` one."""

    kind: RoomKind
    name: str
    public: bool


class RoomFiles(NamedTuple):
    """The number of files in a room, by the text of its key, and their total size in bytes."""

    room: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RoomUse:
    """The number of rooms, of rooms without a message (`silent`), and of messages in all rooms."""

    rooms: int
    silent: int
    messages: int

    @property
    def average(self) -> float:
        """The average number of messages per room; 0 if there is no room."""
        return self.messages / self.rooms if self.rooms else 0.0


class ChatSource:
    """Answers questions about the chat at one point in time.

    Every question is one method; a question about groups needs one query for all of them. A host implements the questions that
    it can answer: one that is not overridden raises NotAnswered, and the statistics that need it are null, with the reason.
    Later versions add questions as methods of this kind, never abstract ones, so a host's source keeps working.
    """

    using = DEFAULT_DB_ALIAS
    """The alias of the database that is queried; all questions of a snapshot are asked in one transaction."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def reported_statistics(self) -> ReportedStatistics | None:
        """Return the statistics that the chat has counted itself; None, the default, to be asked each question."""
        return None

    def users(self) -> list[UserGroup]:
        """Count the accounts by activity, presence and type."""
        raise self._not_answered("users")

    def user_languages(self) -> dict[str, int]:
        """Count the accounts by language; those without one are counted as `none`."""
        raise self._not_answered("user languages")

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

    def rooms_with_pinned(self) -> int:
        """Count the rooms that have at least one pinned message."""
        raise self._not_answered("the rooms of pinned messages")

    def uploads(self) -> Tally:
        """Count the uploaded files, and add up their sizes in bytes."""
        raise self._not_answered("uploads")

    def teams(self) -> Tally:
        """Count the teams, and the rooms that belong to them."""
        raise self._not_answered("teams")

    def default_team_rooms(self) -> int:
        """Count the rooms in teams that every new member of the team joins by default."""
        raise self._not_answered("default rooms of teams")

    def top_rooms(self, limit: int = 10) -> list[RoomCount]:
        """Return the rooms with the most messages, busiest first; ties are ordered by key."""
        raise self._not_answered("individual rooms")

    def room_use(self) -> RoomUse:
        """Count the rooms, the rooms without a message, and all messages."""
        raise self._not_answered("individual rooms")

    def events(self, since: datetime, until: datetime) -> Iterable[EventCount]:
        """Count the events from `since` until `until` (excluded) by quarter of an hour; quarters without events are omitted."""
        raise self._not_answered("event times")

    def event_kinds(self) -> Collection[EventKind]:
        """Return the kinds of events that this source provides; the numbers of the others are unknown, not 0."""
        return tuple(EventKind)

    def first_event(self) -> datetime | None:
        """Return the time of the earliest event; None if there is none."""
        raise self._not_answered("event times")

    def untimed_rows(self) -> Iterable[UntimedRows]:
        """List the rows that are counted, and have no plausible time; models without any are omitted."""
        return ()

    def active_accounts(self, since: datetime, until: datetime) -> Iterable[AccountDay]:
        """List the days on which accounts wrote messages that count, from `since` until `until` (excluded)."""
        raise self._not_answered(_("the authors of messages"))

    def seen_accounts(self, since: datetime) -> Iterable[AccountDay]:
        """List the days on which accounts read a room or signed in for the last time, from `since` on."""
        raise self._not_answered("who was there")

    def account_types(self, accounts: Collection[str]) -> Mapping[str, UserType]:
        """Return the types of accounts, by the texts of their keys; accounts that do not exist are omitted."""
        raise self._not_answered("the types of accounts")

    def account_names(self, accounts: Collection[str]) -> Mapping[str, str]:
        """Return the names of accounts, by the texts of their keys; accounts that do not exist are omitted."""
        raise self._not_answered("the names of accounts")

    def room_messages(self, since: datetime, until: datetime) -> Iterable[RoomQuarter]:
        """Count the messages that count by room and quarter of an hour, from `since` until `until` (excluded)."""
        raise self._not_answered("individual rooms")

    def room_labels(self, rooms: Collection[str]) -> Mapping[str, RoomLabel]:
        """Return what rooms are known by, by the texts of their keys; rooms that do not count are omitted."""
        raise self._not_answered("individual rooms")

    def room_files(self) -> Iterable[RoomFiles]:
        """Count the files of each room that counts; rooms without files are omitted."""
        raise self._not_answered("the rooms of files")

    def last_login(self) -> datetime | None:
        """Return the time of the latest login of any user; None if there is none."""
        raise self._not_answered("logins")

    def last_message(self) -> datetime | None:
        """Return the time of the latest message; None if there is none."""
        raise self._not_answered("message times")

    def last_seen(self) -> datetime | None:
        """Return the latest time that any user read a room; None if there is none."""
        raise self._not_answered("read times of rooms")

    def me(self, user: Any) -> dict[str, Any]:
        """Return a user's own data by wire key, as the API's `me` returns it; it must not contain a secret."""
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
        """Return the labels of the Django apps whose migrations create the chat's tables."""
        return set()

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """Return the messages of Django's system checks about errors in the declarations."""
        return []

    @classmethod
    def check_stored(cls) -> list[CheckMessage]:
        """Return the messages of Django's system checks about what the source needs of the app's own tables, which exist."""
        return []

    @staticmethod
    def _not_answered(what: str) -> NotAnswered:
        return NotAnswered(_("This workspace's source provides no data about %(what)s."), what=Text(what))
