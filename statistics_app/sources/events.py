"""Event counts by the timestamps in the host's rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from .event_kinds import EventKind, UntimedRows
from .labels import labelled
from .parts import Messages, Parts, Rooms
from .quarters import Quarter, has_plausible_time
from .tables import UploadTable, UserTable


@dataclass(frozen=True, slots=True)
class EventRows:
    """The rows of one kind of event: the timestamp column, and the expressions for the event's key and number."""

    rows: "QuerySet[Any]"
    column: str
    key: Any
    number: Any

    def counted(self, since: datetime, until: datetime) -> "QuerySet[Any, Any]":
        """Return a query of (key, quarter, number) that counts by quarter of an hour; `until` is excluded."""
        in_range = self.rows.filter(**{f"{self.column}__gte": since, f"{self.column}__lt": until}).order_by()
        grouped = in_range.annotate(key=self.key, quarter=Quarter(F(self.column))).values("key", "quarter")
        return grouped.annotate(number=self.number).values_list("key", "quarter", "number")

    @property
    def has_plausible_time(self) -> Q:
        """The condition of rows that are events."""
        return has_plausible_time(self.column)


def message_rows(messages: Messages, counted: "QuerySet[Any]") -> EventRows:
    """Return the rows of messages, by the kind of their room; `counted` are those that count."""
    kinds = {EventKind.MESSAGES.of(kind): where for kind, where in messages.kinds.items()}
    return EventRows(counted, messages.table.sent_at, labelled(kinds), Count("pk"))


def parts_of_messages(messages: Messages, counted: "QuerySet[Any]") -> Iterator[EventRows]:
    """Yield the rows of messages in threads and of those in discussions, as far as they are declared."""
    parts = {}
    if messages.table.thread_root:
        parts[EventKind.IN_THREADS] = Q(**{f"{messages.table.thread_root}__isnull": False})
    if messages.discussion is not None:
        parts[EventKind.IN_DISCUSSIONS] = messages.discussion
    for kind, condition in parts.items():
        yield EventRows(counted.filter(condition), messages.table.sent_at, Value(str(kind)), Count("pk"))


def other_rows(
    rooms: Iterable[Rooms], users: UserTable | None, uploads: Iterable[UploadTable], using: str
) -> Iterator[EventRows]:
    """Yield the rows of the other kinds of events whose timestamp column is declared."""
    for one in rooms:
        if one.table.created_at:
            kinds = {EventKind.ROOMS.of(kind): where for kind, where in one.table.kinds.items()}
            yield EventRows(one.all, one.table.created_at, labelled(kinds), Count("pk"))
    if users and users.created_at:
        yield EventRows(users.rows(using), users.created_at, Value(str(EventKind.USERS)), Count("pk"))
    for table in uploads:
        if table.uploaded_at:
            rows = table.rows(using)
            yield EventRows(rows, table.uploaded_at, Value(str(EventKind.UPLOADS)), Count("pk"))
            yield EventRows(rows, table.uploaded_at, Value(str(EventKind.BYTES)), Sum(table.size, default=0))


def event_kinds(parts: Parts, users: UserTable | None, uploads: Iterable[UploadTable]) -> set[EventKind]:
    """Return the kinds of events whose columns are declared."""
    has_times = any(table.uploaded_at for table in uploads)
    columns = {
        EventKind.MESSAGES: parts.messages,
        EventKind.IN_THREADS: any(messages.table.thread_root for messages in parts.messages),
        EventKind.IN_DISCUSSIONS: any(messages.discussion is not None for messages in parts.messages),
        EventKind.USERS: users and users.created_at,
        EventKind.ROOMS: any(rooms.table.created_at for rooms in parts.rooms),
        EventKind.UPLOADS: has_times,
        EventKind.BYTES: has_times,
    }
    return {kind for kind, declared in columns.items() if declared}


def untimed_rows(kinds: Iterable[EventRows]) -> Iterator[UntimedRows]:
    """Yield how many rows of each model have no plausible time, with an example, for models that have any."""
    for model, kind in {kind.rows.model: kind for kind in kinds}.items():
        untimed = kind.rows.exclude(kind.has_plausible_time).order_by()
        # PostgreSQL has no least UUID.
        found = untimed.aggregate(_number=Count("pk"), _example=Min(Cast("pk", TextField())))
        if found["_number"]:
            yield UntimedRows(model._meta.label, found["_number"], str(found["_example"]))


def first_event(kinds: Iterable[EventRows]) -> datetime | None:
    """Return the earliest plausible timestamp in any of the rows; None if there is none."""
    minima = [kind.rows.filter(kind.has_plausible_time).aggregate(_first=Min(kind.column))["_first"] for kind in kinds]
    return min((moment for moment in minima if moment is not None), default=None)
