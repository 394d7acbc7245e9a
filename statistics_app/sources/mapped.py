"""A source that needs only declarations: it queries the host's own tables, with a few grouped queries."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, router
from django.db.models import Max

from .accounts import account_days, account_names, account_types, seen_days
from .active_days import AccountDay, RoomQuarter
from .base import ChatSource, RoomCount, RoomFiles, RoomKind, RoomLabel, RoomUse, Tally, UserGroup, UserType
from .corrections import correction
from .counting import LiveCounting, distinct_teams
from .event_kinds import EventCount, EventKind, UntimedRows
from .events import EventRows, event_kinds, first_event, message_rows, other_rows, parts_of_messages, untimed_rows
from .individual_rooms import pair_labels, room_files, room_labels, room_quarters
from .overlaps import overlaps
from .parts import Messages, Parts, Rooms, parts_of, rooms_at
from .presence import with_presence
from .quarters import has_plausible_time
from .relations import declaration_faults
from .tables import TABLES, MessageTable, RoomTable, SubscriptionTable, Table, UploadTable, UserTable, declared_tables


class MappedSource(ChatSource):
    """A source that queries tables declared as class attributes; questions that need more than is declared are not answered.

    Several tables of one kind are declared as a list, such as `room_tables`; their numbers are added up.
    """

    user_table: UserTable | None = None
    room_table: RoomTable | None = None
    room_tables: Sequence[RoomTable] = ()
    message_table: MessageTable | None = None
    message_tables: Sequence[MessageTable] = ()
    subscription_table: SubscriptionTable | None = None
    subscription_tables: Sequence[SubscriptionTable] = ()
    upload_table: UploadTable | None = None
    upload_tables: Sequence[UploadTable] = ()
    team_table: Table | None = None

    counting: LiveCounting | None = None
    """How the rows of single tables are counted; None, the default, to query them."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        declared = next(self.tables(), None)
        self.using = router.db_for_read(declared.model_class()) if declared else DEFAULT_DB_ALIAS
        self._every_room_counts: dict[int, bool] = {}

    def users(self) -> list[UserGroup]:
        """Count the accounts by activity, presence and type, in one query."""
        table = self._require(self.user_table, "users")
        return with_presence(self._counting.users(table), table, self.using, self.at)

    def user_languages(self) -> dict[str, int]:
        """Count the accounts by language, most frequent first."""
        table = self._require(self.user_table, "users")
        self._require(table.language, "user languages")
        return self._counting.user_languages(table)

    def rooms(self) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        rooms, pairs = self.parts.rooms, self.parts.pairs
        self._require((*rooms, *pairs), "rooms")
        direct = [{RoomKind.DIRECT: self._counting.pairs(pairs)}] if pairs else []
        return _added([*map(self._counting.rooms, rooms), *direct])

    def messages(self) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        return _added(self._counting.messages(messages) for messages in self._messages())

    def threads(self) -> int:
        """Count the distinct thread roots that messages refer to."""
        self._require(self._messages("thread_root"), "threads")
        return sum(self._counting.threads(tables) for tables in self.parts.by_roots())

    def discussions(self) -> Tally:
        """Count the discussions, and the messages in them."""
        rooms = self._require(self._rooms("discussion"), "discussions")
        inside = [messages for messages in self._messages() if messages.discussion is not None]
        return Tally(sum(map(self._counting.discussions, rooms)), sum(map(self._counting.in_discussions, inside)))

    def pinned(self) -> int:
        """Count the pinned messages."""
        return sum(map(self._counting.pinned, self._require(self._messages("pinned"), "pinned messages")))

    def rooms_with_pinned(self) -> int:
        """Count the distinct rooms of pinned messages."""
        self._require(self._messages("pinned"), "pinned messages")
        by_rooms = ([one for one in some if one.table.pinned is not None] for _, some in self.parts.by_rooms())
        return sum(self._counting.rooms_with_pinned(some) for some in by_rooms if some)

    def uploads(self) -> Tally:
        """Count the uploads and add up their sizes; an unknown size counts as 0 bytes."""
        tables = enumerate(self._require(self.declared("upload_table"), "uploads"))
        totals = [self._counting.uploads(table, number) for number, table in tables]
        return Tally(sum(total.count for total in totals), sum(total.amount for total in totals))

    def teams(self) -> Tally:
        """Count the teams in their own table, or else those that rooms refer to, and the rooms that belong to a team."""
        rooms = self._require(self._rooms("team"), "teams")
        teams = self._counting.teams(self.team_table) if self.team_table else distinct_teams(rooms)
        return Tally(teams, sum(map(self._counting.rooms_in_teams, rooms)))

    def default_team_rooms(self) -> int:
        """Count the rooms of teams that meet the condition of default rooms."""
        rooms = self._require(self._rooms("team"), "teams")
        with_default = [one for one in rooms if one.table.team_default is not None]
        return sum(map(self._counting.default_team_rooms, self._require(with_default, "default rooms of teams")))

    def top_rooms(self, limit: int = 10) -> list[RoomCount]:
        """Count the messages of every room, and return the busiest rooms."""
        self._messages()
        busiest = (self._counting.top_rooms(tables, limit) for _, tables in self.parts.by_rooms() if tables)
        return sorted(chain.from_iterable(busiest), key=lambda room: -room.messages)[:limit]

    def room_use(self) -> RoomUse:
        """Count the rooms, the rooms without a message, and all messages."""
        self._messages()
        uses = [self._counting.room_use(rooms, tables) for rooms, tables in self.parts.by_rooms()]
        return RoomUse(sum(use.rooms for use in uses), sum(use.silent for use in uses), sum(use.messages for use in uses))

    def event_counts(self, since: datetime, until: datetime) -> Iterator[Any]:
        """Yield the queries of (key, quarter, number) that `events` runs, for callers that insert the rows in the database."""
        return (kind.counted(since, until) for kind in self._event_rows(with_parts=True))

    def events(self, since: datetime, until: datetime) -> Iterator[EventCount]:
        """Count the events by the timestamps in the rows."""
        return (EventCount(*row) for query in self.event_counts(since, until) for row in query)

    def event_kinds(self) -> set[EventKind]:
        """Return the kinds of events whose columns are declared."""
        return event_kinds(self.parts, self.user_table, self.declared("upload_table"))

    def first_event(self) -> datetime | None:
        """Return the earliest timestamp in the rows."""
        return first_event(self._event_rows())

    def untimed_rows(self) -> Iterator[UntimedRows]:
        """Yield how many rows of each table have no plausible time, with an example."""
        return untimed_rows(self._event_rows())

    def active_accounts(self, since: datetime, until: datetime) -> Iterator[AccountDay]:
        """List the days on which the authors of the messages that count wrote them."""
        with_authors = self._require(self._messages("author"), "the authors of messages")
        return chain.from_iterable(self._written_days(messages, since, until) for messages in with_authors)

    def _written_days(self, messages: Messages, since: datetime, until: datetime) -> Iterator[AccountDay]:
        """Yield the days of authors; nothing is queried before the first is asked for."""
        author = str(messages.table.author)
        yield from account_days(messages.sent_between(since, until), author, messages.table.sent_at, messages)

    def seen_accounts(self, since: datetime) -> Iterator[AccountDay]:
        """List the days of the latest reads and log-ins of accounts, which are found by indexes on their times."""
        days = seen_days(self.user_table, self.declared("subscription_table"), self._authored, since, self.using)
        return self._require(days, "who was there")

    def account_types(self, accounts: Collection[str]) -> dict[str, UserType]:
        """Look the types of accounts up."""
        table = self._require(self.user_table, "users")
        self._require(table.types, "the types of accounts")
        messages = self._require(self._authored, "the authors of messages")
        return account_types(table, messages, accounts, self.using)

    def account_names(self, accounts: Collection[str]) -> dict[str, str]:
        """Look the names of accounts up."""
        table = self._require(self.user_table, "users")
        messages = self._require(table.name and self._authored, "the names of accounts")
        return account_names(table, messages, accounts, self.using)

    def room_messages(self, since: datetime, until: datetime) -> Iterator[RoomQuarter]:
        """Count the messages that count by the room that they are in."""
        return chain.from_iterable(self._room_quarters(messages, since, until) for messages in self._messages())

    def _room_quarters(self, messages: Messages, since: datetime, until: datetime) -> Iterator[RoomQuarter]:
        yield from room_quarters(messages.sent_between(since, until), messages)

    def room_labels(self, rooms: Collection[str]) -> dict[str, RoomLabel]:
        """Look the kinds and names of rooms up."""
        self._messages()
        return {
            key: label
            for one, tables in self.parts.by_rooms()
            if tables
            for key, label in (room_labels(one, tables[0], rooms) if one else pair_labels(tables, rooms)).items()
        }

    def room_files(self) -> Iterator[RoomFiles]:
        """Count the files of each room that counts, in one query."""
        tables, rooms = self._require(self.declared("upload_table"), "uploads"), self._rooms()
        with_rooms = [(table, rooms_at(table, rooms)) for table in tables if table.room]
        return room_files(self._require(with_rooms, "the rooms of files"), self.using)

    def last_login(self) -> datetime | None:
        """Return the time of the latest login, found by its index."""
        table = self._require(self.user_table, "users")
        return self._latest(table, self._require(table.last_login, "logins"))

    def last_message(self) -> datetime | None:
        """Return the time of the latest message, found by its index."""
        return max(filter(None, (messages.latest() for messages in self._messages())), default=None)

    def last_seen(self) -> datetime | None:
        """Return the latest time that a room was read, found by its index."""
        tables = self._require(self.declared("subscription_table"), "read times of rooms")
        return max(filter(None, (self._latest(table, table.last_seen) for table in tables)), default=None)

    @classmethod
    def declared(cls, name: str) -> tuple[Any, ...]:
        """Return the declared tables of one kind, by the attribute of a single one, such as `room_table`."""
        return declared_tables(cls, name)

    @classmethod
    def tables(cls) -> "Iterator[Any]":
        """Yield the declared tables."""
        return (table for name in TABLES for table in cls.declared(name) if isinstance(table, Table))

    @classmethod
    def app_labels(cls) -> set[str]:
        """Return the labels of the Django apps of the declared tables."""
        return {table.model_class()._meta.app_label for table in cls.tables()}

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """Return a system check error for every declared table, column or condition that does not exist."""
        where = f"Correct the declarations of {cls.__module__}.{cls.__name__}"
        tables = [*cls.tables()]
        faults = [(fault, correction(fault, tables)) for fault in declaration_faults(cls)]
        return [
            Error(fault, hint=f"{where}, for example: {line}" if line else f"{where}.", id="statistics_app.E003")
            for fault, line in faults or overlaps(cls)
        ]

    @property
    def parts(self) -> Parts:
        """The room tables, and the message tables whose rooms are declared."""
        return parts_of(self.declared("room_table"), self.declared("message_table"), self.using, self._every_room_counts)

    @property
    def _counting(self) -> LiveCounting:
        return self.counting or LiveCounting(self.using)

    @property
    def _authored(self) -> MessageTable | None:
        """The first message table that declares authors: all of them refer to the same column of accounts."""
        return next((table for table in self.declared("message_table") if table.author), None)

    def _rooms(self, meaning: str = "") -> list[Rooms]:
        """Return the room tables, those that declare a meaning; raises NotAnswered if there is none at all."""
        self._require(self.declared("room_table"), "rooms")
        return [one for one in self.parts.rooms if not meaning or getattr(one.table, meaning) is not None]

    def _messages(self, meaning: str = "") -> list[Messages]:
        """Return the message tables, those that declare a meaning; raises NotAnswered if there is none at all."""
        self._require(self.declared("message_table"), "messages")
        found = self._require(self.parts.messages, "rooms")
        return [one for one in found if not meaning or getattr(one.table, meaning) is not None]

    def _event_rows(self, *, with_parts: bool = False) -> Iterator[EventRows]:
        """Yield the rows of every kind of event whose timestamp column is declared; with parts of messages, also these."""
        # Events are counted in one view of the data after the other.
        for messages in self.parts.messages:
            counted = messages.counted_now()
            yield message_rows(messages, counted)
            yield from parts_of_messages(messages, counted) if with_parts else ()
        yield from other_rows(self.parts.rooms, self.user_table, self.declared("upload_table"), self.using)

    def _latest(self, table: Table, column: str) -> datetime | None:
        return table.rows(self.using).filter(has_plausible_time(column)).aggregate(_latest=Max(column))["_latest"]

    def _require(self, declared: Any, what: str) -> Any:
        """Return a declaration; raises NotAnswered if it is missing, or if none of several is there."""
        if declared is None or declared in ((), []):
            raise self._not_answered(what)
        return declared


def _added(counts: Iterable[Mapping[RoomKind, int]]) -> dict[RoomKind, int]:
    total: Counter[RoomKind] = Counter()
    for count in counts:
        total.update(count)
    return {kind: total[kind] for kind in RoomKind}
