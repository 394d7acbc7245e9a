"""A source that needs only declarations: it queries the host's own tables, with a few grouped queries."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, router
from django.db.models import Count, F, Max, Q, Sum

from .accounts import account_days, account_names, account_types, room_files, room_labels, room_quarters, seen_days
from .active_days import AccountDay, RoomQuarter
from .base import ChatSource, Presence, RoomCount, RoomFiles, RoomKind, RoomLabel, RoomUse, Tally, UserGroup, UserType
from .event_kinds import EventCount, EventKind, UntimedRows
from .events import EventRows, event_kinds, first_event, message_rows, other_rows, parts_of_messages, untimed_rows
from .labels import Activity, by_language, labelled, user_labels
from .presence import with_presence
from .quarters import has_plausible_time
from .relations import declaration_faults, room_may_be_missing
from .tables import TABLES, MessageTable, RoomTable, SubscriptionTable, Table, UploadTable, UserTable, through


class MappedSource(ChatSource):
    """A source that queries tables declared as class attributes; questions that need more than is declared are not answered."""

    user_table: UserTable | None = None
    room_table: RoomTable | None = None
    message_table: MessageTable | None = None
    subscription_table: SubscriptionTable | None = None
    upload_table: UploadTable | None = None
    team_table: Table | None = None

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        declared = next(self.tables(), None)
        self.using = router.db_for_read(declared.model_class()) if declared else DEFAULT_DB_ALIAS

    def users(self) -> list[UserGroup]:
        """Count the accounts by activity, presence and type, in one query."""
        table = self._require(self.user_table, "users")
        active, presence, type_ = user_labels(table)
        rows = (
            table.rows(self.using)
            .annotate(
                _active=active,
                _presence=presence,
                _type=type_,
            )
            .order_by()
            .values_list("_active", "_presence", "_type")
            .annotate(_count=Count("pk"))
        )
        groups = [
            UserGroup(activity == Activity.ACTIVE, status and Presence(status), user_type and UserType(user_type), count)
            for activity, status, user_type, count in rows
            if count  # without a property to group by, no accounts are one group of none
        ]
        return with_presence(groups, table, self.using, self.at)

    def user_languages(self) -> dict[str, int]:
        """Count the accounts by language, most frequent first."""
        table = self._require(self.user_table, "users")
        language = self._require(table.language, "user languages")
        rows = table.rows(self.using).order_by().values_list(language).annotate(_count=Count("pk"))
        return by_language(rows)

    def rooms(self) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        table = self._require(self.room_table, "rooms")
        return self._by_kind(table.rows(self.using), table.kinds)

    def messages(self) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        room = self._require(self.message_table, "messages").room
        kinds = self._require(self.room_table, "rooms").kinds
        return self._by_kind(self.counted_messages(), {kind: through(room, condition) for kind, condition in kinds.items()})

    def threads(self) -> int:
        """Count the distinct thread roots that messages refer to."""
        root = self._require(self._require(self.message_table, "messages").thread_root, "threads")
        return self.counted_messages().aggregate(_count=Count(root, distinct=True))["_count"]

    def discussions(self) -> Tally:
        """Count the discussions, and the messages in them."""
        rooms = self._require(self.room_table, "rooms")
        discussion = self._require(rooms.discussion, "discussions")
        inside = self.counted_messages().filter(through(self._require(self.message_table, "messages").room, discussion))
        return Tally(rooms.rows(self.using).filter(discussion).count(), inside.count())

    def pinned(self) -> int:
        """Count the pinned messages."""
        pinned = self._require(self._require(self.message_table, "messages").pinned, "pinned messages")
        return self.counted_messages().filter(pinned).count()

    def rooms_with_pinned(self) -> int:
        """Count the distinct rooms of pinned messages."""
        messages = self._require(self.message_table, "messages")
        pinned = self._require(messages.pinned, "pinned messages")
        return self.counted_messages().filter(pinned).aggregate(_count=Count(messages.room, distinct=True))["_count"]

    def uploads(self) -> Tally:
        """Count the uploads and add up their sizes; an unknown size counts as 0 bytes."""
        table = self._require(self.upload_table, "uploads")
        totals = table.rows(self.using).aggregate(_count=Count("pk"), _bytes=Sum(table.size))
        return Tally(totals["_count"], int(totals["_bytes"] or 0))

    def teams(self) -> Tally:
        """Count the teams in their own table, or else those that rooms refer to, and the rooms that belong to a team."""
        rooms = self._require(self.room_table, "rooms")
        team = self._require(rooms.team, "teams")
        inside = (
            rooms.rows(self.using)
            .exclude(**{f"{team}__isnull": True})
            .aggregate(_teams=Count(team, distinct=True), _rooms=Count("pk"))
        )
        teams = self.team_table.rows(self.using).count() if self.team_table else inside["_teams"]
        return Tally(teams, inside["_rooms"])

    def default_team_rooms(self) -> int:
        """Count the rooms of teams that meet the condition of default rooms."""
        rooms = self._require(self.room_table, "rooms")
        team = self._require(rooms.team, "teams")
        default = self._require(rooms.team_default, "default rooms of teams")
        return rooms.rows(self.using).filter(default).exclude(**{f"{team}__isnull": True}).count()

    def top_rooms(self, limit: int = 10) -> list[RoomCount]:
        """Count the messages of every room, and return the busiest rooms."""
        room = self._require(self.message_table, "messages").room
        kinds = self._require(self.room_table, "rooms").kinds
        kind = labelled({kind: through(room, condition) for kind, condition in kinds.items()})
        counted = (
            self.counted_messages().annotate(_kind=kind).order_by().values_list(room, "_kind").annotate(_count=Count("pk"))
        )
        return [RoomCount(str(key), RoomKind(kind), count) for key, kind, count in counted.order_by("-_count", F(room))[:limit]]

    def room_use(self) -> RoomUse:
        """Count the rooms, the rooms without a message, and all messages."""
        room = self._require(self.message_table, "messages").room
        rooms = self._require(self.room_table, "rooms").rows(self.using).count()
        totals = self.counted_messages().aggregate(_rooms=Count(room, distinct=True), _messages=Count("pk"))
        return RoomUse(rooms, rooms - totals["_rooms"], totals["_messages"])

    def event_counts(self, since: datetime, until: datetime) -> Iterator[Any]:
        """Yield the queries of (key, quarter, number) that `events` runs, for callers that insert the rows in the database."""
        return (kind.counted(since, until) for kind in self._event_rows(with_parts=True))

    def events(self, since: datetime, until: datetime) -> Iterator[EventCount]:
        """Count the events by the timestamps in the rows."""
        return (EventCount(*row) for query in self.event_counts(since, until) for row in query)

    def event_kinds(self) -> set[EventKind]:
        """Return the kinds of events whose columns are declared."""
        return event_kinds(self.message_table, self.room_table, self.user_table, self.upload_table)

    def first_event(self) -> datetime | None:
        """Return the earliest timestamp in the rows."""
        return first_event(self._event_rows())

    def untimed_rows(self) -> Iterator[UntimedRows]:
        """Yield how many rows of each table have no plausible time, with an example."""
        return untimed_rows(self._event_rows())

    def active_accounts(self, since: datetime, until: datetime) -> Iterator[AccountDay]:
        """List the days on which the authors of the messages that count wrote them."""
        table = self._require(self.message_table, "messages")
        return self._written_days(table, self._require(table.author, "the authors of messages"), since, until)

    def _written_days(self, table: MessageTable, author: str, since: datetime, until: datetime) -> Iterator[AccountDay]:
        """Yield the days of authors; nothing is queried before the first is asked for."""
        yield from account_days(self._sent_between(table, since, until), author, table.sent_at, table.room)

    def _sent_between(self, table: MessageTable, since: datetime, until: datetime) -> Any:
        counted = self._messages_in_rooms(every_room_counts=self._every_room_counts())
        return counted.filter(**{f"{table.sent_at}__gte": since, f"{table.sent_at}__lt": until})

    def seen_accounts(self, since: datetime) -> Iterator[AccountDay]:
        """List the days of the latest reads and log-ins of accounts, which are found by indexes on their times."""
        days = seen_days(self.user_table, self.subscription_table, self.message_table, since, self.using)
        return self._require(days, "who was there")

    def account_types(self, accounts: Collection[str]) -> dict[str, UserType]:
        """Look the types of accounts up."""
        table = self._require(self.user_table, "users")
        self._require(table.types, "the types of accounts")
        messages = self._require(self.message_table, "messages")
        self._require(messages.author, "the authors of messages")
        return account_types(table, messages, accounts, self.using)

    def account_names(self, accounts: Collection[str]) -> dict[str, str]:
        """Look the names of accounts up."""
        table, messages = self._require(self.user_table, "users"), self._require(self.message_table, "messages")
        self._require(table.name and messages.author, "the names of accounts")
        return account_names(table, messages, accounts, self.using)

    def room_messages(self, since: datetime, until: datetime) -> Iterator[RoomQuarter]:
        """Count the messages that count by the room that they are in."""
        return self._room_quarters(self._require(self.message_table, "messages"), since, until)

    def _room_quarters(self, table: MessageTable, since: datetime, until: datetime) -> Iterator[RoomQuarter]:
        yield from room_quarters(self._sent_between(table, since, until), table.room, table.sent_at)

    def room_labels(self, rooms: Collection[str]) -> dict[str, RoomLabel]:
        """Look the kinds and names of rooms up."""
        table, messages = self._require(self.room_table, "rooms"), self._require(self.message_table, "messages")
        return room_labels(table, messages, rooms, self.using)

    def room_files(self) -> Iterator[RoomFiles]:
        """Count the files of each room that counts, in one query."""
        uploads, rooms = self._require(self.upload_table, "uploads"), self._require(self.room_table, "rooms")
        room = self._require(uploads.room, "the rooms of files")
        return room_files(uploads.rows(self.using).filter(**{f"{room}__in": rooms.rows(self.using)}), room, uploads.size)

    def last_login(self) -> datetime | None:
        """Return the time of the latest login, found by its index."""
        table = self._require(self.user_table, "users")
        return self._latest(table, self._require(table.last_login, "logins"))

    def last_message(self) -> datetime | None:
        """Return the time of the latest message, found by its index."""
        sent_at = self._require(self.message_table, "messages").sent_at
        # Ordered by the index, since a maximum over a join would read every message.
        sent = self.counted_messages().filter(has_plausible_time(sent_at)).order_by(f"-{sent_at}")
        return sent.values_list(sent_at, flat=True).first()

    def last_seen(self) -> datetime | None:
        """Return the latest time that a room was read, found by its index."""
        table = self._require(self.subscription_table, "read times of rooms")
        return self._latest(table, table.last_seen)

    @classmethod
    def tables(cls) -> "Iterator[Any]":
        """Yield the declared tables."""
        return (table for name in TABLES if isinstance(table := getattr(cls, name), Table))

    @classmethod
    def app_labels(cls) -> set[str]:
        """Return the labels of the Django apps of the declared tables."""
        return {table.model_class()._meta.app_label for table in cls.tables()}

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """Return a system check error for every declared table, column or condition that does not exist."""
        return [
            Error(fault, hint=f"Correct the declarations of {cls.__module__}.{cls.__name__}.", id="statistics_app.E003")
            for fault in declaration_faults(cls)
        ]

    def counted_messages(self) -> Any:
        """Return the messages that count: those in rooms that count."""
        return self._messages_in_rooms(every_room_counts=self._every_room_counted)

    def _messages_in_rooms(self, *, every_room_counts: bool) -> Any:
        messages = self._require(self.message_table, "messages")
        rooms = self._require(self.room_table, "rooms")
        if every_room_counts and not room_may_be_missing(messages):
            return messages.rows(self.using)
        return messages.rows(self.using).filter(**{f"{messages.room}__in": rooms.rows(self.using)})

    @cached_property
    def _every_room_counted(self) -> bool:
        """Whether all rooms count in the view of the data in which this was first asked, which all questions share."""
        return self._every_room_counts()

    def _every_room_counts(self) -> bool:
        """Return whether all rooms count, so that queries of messages need no join.

        Counting the rooms is cheap, since there are few, and without the join each question can use its own index.
        """
        rooms = self._require(self.room_table, "rooms")
        if not rooms.counted:
            return True
        all_rooms = rooms.model_class()._base_manager.using(self.using)
        totals = all_rooms.aggregate(_all=Count("pk"), _counted=Count("pk", filter=rooms.counted))
        return totals["_all"] == totals["_counted"]

    def _event_rows(self, *, with_parts: bool = False) -> Iterator[EventRows]:
        """Yield the rows of every kind of event whose timestamp column is declared; with parts of messages, also these."""
        # Events are counted in one view of the data after the other.
        if (messages := self.message_table) and self.room_table:
            counted = self._messages_in_rooms(every_room_counts=self._every_room_counts())
            yield message_rows(messages, self.room_table, counted)
            yield from parts_of_messages(messages, self.room_table, counted) if with_parts else ()
        yield from other_rows(self.room_table, self.user_table, self.upload_table, self.using)

    def _by_kind(self, rows: Any, kinds: Mapping[RoomKind, Q]) -> dict[RoomKind, int]:
        counts = rows.annotate(_kind=labelled(kinds)).order_by().values_list("_kind").annotate(_count=Count("pk"))
        by_kind = {RoomKind(kind): count for kind, count in counts if kind is not None}
        return {kind: by_kind.get(kind, 0) for kind in RoomKind}

    def _latest(self, table: Table, column: str) -> datetime | None:
        return table.rows(self.using).filter(has_plausible_time(column)).aggregate(_latest=Max(column))["_latest"]

    def _require(self, declared: Any, what: str) -> Any:
        """Return a declaration; raises NotAnswered if it is missing."""
        if declared is None:
            raise self._not_answered(what)
        return declared
