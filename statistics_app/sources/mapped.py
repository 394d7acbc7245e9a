"""A source that needs only declarations: it asks the host's own tables, a few grouped queries in all."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, router
from django.db.models import Count, F, Max, Q, Sum, Value
from django.db.models.sql import Query

from .base import ChatSource, EventCount, EventKind, Presence, RoomCount, RoomKind, RoomUse, Tally, UserGroup, UserType
from .events import EventRows, first_event
from .labels import Activity, by_language, labelled, user_labels
from .tables import MessageTable, RoomTable, SubscriptionTable, Table, UploadTable, UserTable, through


def _may_be_null(messages: MessageTable) -> bool:
    """Say whether a message may be in no room."""
    path = Query(messages.model_class()).names_to_path(messages.room.split("__"), messages.model_class()._meta)[0]
    return any(step.join_field.null for step in path)


class MappedSource(ChatSource):
    """Answers out of tables that a host declares as class attributes; what it does not declare is not answered."""

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
        """Count the accounts in one query over their joint kinds."""
        table = self._need(self.user_table, "users")
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
        return [
            UserGroup(activity == Activity.ACTIVE, status and Presence(status), stands_for and UserType(stands_for), count)
            for activity, status, stands_for, count in rows
        ]

    def user_languages(self) -> dict[str, int]:
        """Count the accounts by language, the most spoken first."""
        table = self._need(self.user_table, "users")
        language = self._need(table.language, "languages of users")
        rows = table.rows(self.using).order_by().values_list(language).annotate(_count=Count("pk"))
        return by_language(rows)

    def rooms(self) -> dict[RoomKind, int]:
        """Count the rooms by kind."""
        table = self._need(self.room_table, "rooms")
        return self._by_kind(table.rows(self.using), table.kinds)

    def messages(self) -> dict[RoomKind, int]:
        """Count the messages by the kind of their room."""
        room = self._need(self.message_table, "messages").room
        kinds = self._need(self.room_table, "rooms").kinds
        return self._by_kind(self.counted_messages(), {kind: through(room, condition) for kind, condition in kinds.items()})

    def threads(self) -> int:
        """Count the distinct thread roots that messages name."""
        root = self._need(self._need(self.message_table, "messages").thread_root, "threads")
        return self.counted_messages().aggregate(_count=Count(root, distinct=True))["_count"]

    def discussions(self) -> Tally:
        """Count the discussions, and the messages in them."""
        rooms = self._need(self.room_table, "rooms")
        discussion = self._need(rooms.discussion, "discussions")
        inside = self.counted_messages().filter(through(self._need(self.message_table, "messages").room, discussion))
        return Tally(rooms.rows(self.using).filter(discussion).count(), inside.count())

    def pinned(self) -> int:
        """Count the pinned messages."""
        pinned = self._need(self._need(self.message_table, "messages").pinned, "pinned messages")
        return self.counted_messages().filter(pinned).count()

    def uploads(self) -> Tally:
        """Count the uploads and add up their sizes; one of unknown size counts as 0 bytes."""
        table = self._need(self.upload_table, "uploads")
        answer = table.rows(self.using).aggregate(_count=Count("pk"), _bytes=Sum(table.size))
        return Tally(answer["_count"], int(answer["_bytes"] or 0))

    def teams(self) -> Tally:
        """Count the teams by their own table, or else by what the rooms name, and the rooms inside."""
        rooms = self._need(self.room_table, "rooms")
        team = self._need(rooms.team, "teams")
        inside = (
            rooms.rows(self.using)
            .exclude(**{f"{team}__isnull": True})
            .aggregate(_teams=Count(team, distinct=True), _rooms=Count("pk"))
        )
        teams = self.team_table.rows(self.using).count() if self.team_table else inside["_teams"]
        return Tally(teams, inside["_rooms"])

    def top_rooms(self, limit: int = 10) -> list[RoomCount]:
        """Count the messages of every room, and keep the busiest."""
        room = self._need(self.message_table, "messages").room
        kinds = self._need(self.room_table, "rooms").kinds
        kind = labelled({kind: through(room, condition) for kind, condition in kinds.items()})
        counted = (
            self.counted_messages().annotate(_kind=kind).order_by().values_list(room, "_kind").annotate(_count=Count("pk"))
        )
        return [RoomCount(str(key), RoomKind(kind), count) for key, kind, count in counted.order_by("-_count", F(room))[:limit]]

    def room_use(self) -> RoomUse:
        """Count the rooms, those that a message names, and the messages."""
        room = self._need(self.message_table, "messages").room
        rooms = self._need(self.room_table, "rooms").rows(self.using).count()
        found = self.counted_messages().aggregate(_rooms=Count(room, distinct=True), _messages=Count("pk"))
        return RoomUse(rooms, rooms - found["_rooms"], found["_messages"])

    def event_counts(self, since: datetime, until: datetime) -> Iterator[Any]:
        """Yield queries of (key, quarter, number): what `events` reads, for callers that copy it within the database."""
        return (kind.counted(since, until) for kind in self._event_rows())

    def events(self, since: datetime, until: datetime) -> Iterator[EventCount]:
        """Count what happened by the times that the rows bear."""
        return (EventCount(*row) for counted in self.event_counts(since, until) for row in counted)

    def first_event(self) -> datetime | None:
        """Find the earliest timestamp in the rows."""
        return first_event(self._event_rows())

    def last_login(self) -> datetime | None:
        """Find the latest login by its index."""
        table = self._need(self.user_table, "users")
        return self._latest(table, self._need(table.last_login, "logins"))

    def last_message(self) -> datetime | None:
        """Find the latest message by its index."""
        sent_at = self._need(self.message_table, "messages").sent_at
        # In the order of the index, since a maximum over a join would read every message.
        return self.counted_messages().order_by(f"-{sent_at}").values_list(sent_at, flat=True).first()

    def last_seen(self) -> datetime | None:
        """Find the latest reading of a room by its index."""
        table = self._need(self.subscription_table, "reading of rooms")
        return self._latest(table, table.last_seen)

    @classmethod
    def tables(cls) -> "Any":
        """Yield the tables that are declared."""
        names = ("user_table", "room_table", "message_table", "subscription_table", "upload_table", "team_table")
        return (table for name in names if isinstance(table := getattr(cls, name), Table))

    @classmethod
    def app_labels(cls) -> set[str]:
        """Name the apps of the declared tables."""
        return {table.model_class()._meta.app_label for table in cls.tables()}

    @classmethod
    def check(cls) -> list[CheckMessage]:
        """Name every declared table, column or condition that is not there."""
        faults = [fault for table in cls.tables() for fault in table.faults()]
        return [
            Error(fault, hint=f"Mend the declarations of {cls.__module__}.{cls.__name__}.", id="statistics_app.E003")
            for fault in faults or cls._joint_faults()
        ]

    @classmethod
    def _joint_faults(cls) -> list[str]:
        """Name what does not fit together of tables that are right each by itself."""
        if cls.message_table is None or cls.room_table is None:
            return []
        room, meta = cls.message_table.room, cls.message_table.model_class()._meta
        reached = Query(meta.model).names_to_path(room.split("__"), meta)[1].related_model
        if reached and reached._meta.concrete_model is cls.room_table.model_class()._meta.concrete_model:
            return []
        return [f"MessageTable({cls.message_table.model}).room: '{room}' does not lead to {cls.room_table.model}."]

    def counted_messages(self) -> Any:
        """Return the messages that count: those in rooms that do."""
        messages = self._need(self.message_table, "messages")
        rooms = self._need(self.room_table, "rooms")
        if self._every_room_counts and not _may_be_null(messages):
            return messages.rows(self.using)
        return messages.rows(self.using).filter(**{f"{messages.room}__in": rooms.rows(self.using)})

    @cached_property
    def _every_room_counts(self) -> bool:
        """Whether messages need no look at their rooms: the rooms are few, and then each answer comes by its own index."""
        rooms = self._need(self.room_table, "rooms")
        if not rooms.counted:
            return True
        every = rooms.model_class()._base_manager.using(self.using)
        found = every.aggregate(_all=Count("pk"), _counted=Count("pk", filter=rooms.counted))
        return found["_all"] == found["_counted"]

    def _event_rows(self) -> Iterator[EventRows]:
        """Yield the rows of every kind of event whose time is declared."""
        messages, rooms, users, uploads = self.message_table, self.room_table, self.user_table, self.upload_table
        if messages and rooms:
            kinds = {EventKind.MESSAGES.of(kind): through(messages.room, is_it) for kind, is_it in rooms.kinds.items()}
            yield EventRows(self.counted_messages(), messages.sent_at, labelled(kinds), Count("pk"))
        if rooms and rooms.created_at:
            kinds = {EventKind.ROOMS.of(kind): is_it for kind, is_it in rooms.kinds.items()}
            yield EventRows(rooms.rows(self.using), rooms.created_at, labelled(kinds), Count("pk"))
        if users and users.created_at:
            yield EventRows(users.rows(self.using), users.created_at, Value(str(EventKind.USERS)), Count("pk"))
        if uploads and uploads.uploaded_at:
            rows, at = uploads.rows(self.using), uploads.uploaded_at
            yield EventRows(rows, at, Value(str(EventKind.UPLOADS)), Count("pk"))
            yield EventRows(rows, at, Value(str(EventKind.BYTES)), Sum(uploads.size, default=0))

    def _by_kind(self, rows: Any, kinds: Mapping[RoomKind, Q]) -> dict[RoomKind, int]:
        counted = rows.annotate(_kind=labelled(kinds)).order_by().values_list("_kind").annotate(_count=Count("pk"))
        known = {RoomKind(kind): count for kind, count in counted if kind is not None}
        return {kind: known.get(kind, 0) for kind in RoomKind}

    def _latest(self, table: Table, column: str) -> datetime | None:
        return table.rows(self.using).aggregate(_latest=Max(column))["_latest"]

    def _need(self, declared: Any, what: str) -> Any:
        if declared is None:
            raise self._not_answered(what)
        return declared
