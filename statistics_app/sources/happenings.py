"""What happened when, counted by quarters of an hour out of the times that the host's rows bear."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, DateTimeField, F, Func, Min, QuerySet, Sum, Value

from .base import EventKind
from .labels import labelled
from .tables import through

if TYPE_CHECKING:
    from .mapped import MappedSource

SECONDS = 900


class QuarterNumber(Func):
    """The number of the quarter of an hour that a time is in, counted from 1970, UTC; a number, since triggers keep it."""

    output_field = BigIntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Let the server divide."""
        template = f"floor(date_part('epoch', %(expressions)s) / {SECONDS})::bigint"
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Go by whole seconds since 1970; before that a division would cut in the wrong direction."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        return f"(({seconds} + {1 << 40} * {SECONDS}) / {SECONDS} - {1 << 40})", parameters


class Quarter(Func):
    """The beginning of the quarter of an hour (UTC) that a time is in, as the database keeps a time."""

    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Let the server bin it."""
        template = "date_bin(INTERVAL '15 minutes', %(expressions)s, TIMESTAMPTZ '1970-01-01 00:00:00+00')"
        return super().as_sql(compiler, connection, template=template, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **options: Any) -> Any:
        """Go by whole seconds since 1970; before that a remainder would be negative."""
        expression, parameters = compiler.compile(self.source_expressions[0])
        seconds = f"CAST(strftime('%%s', {expression}) AS INTEGER)"
        begin = f"{seconds} - (({seconds} %% {SECONDS}) + {SECONDS}) %% {SECONDS}"
        return f"datetime({begin}, 'unixepoch')", (*parameters, *parameters)


def event_counts(source: "MappedSource", since: datetime, until: datetime) -> Iterator["QuerySet[Any, Any]"]:
    """Yield a query of (key, quarter, number) for each kind of event that the declarations tell the time of."""
    for rows, column, key, number in _rows_of(source):
        within = rows.filter(**{f"{column}__gte": since, f"{column}__lt": until}).order_by()
        counted = within.annotate(key=key, quarter=Quarter(F(column))).values("key", "quarter").annotate(number=number)
        yield counted.values_list("key", "quarter", "number")


def first_event(source: "MappedSource") -> datetime | None:
    """Find the earliest time that any of the rows bears."""
    found = [rows.aggregate(_first=Min(column))["_first"] for rows, column, _, _ in _rows_of(source)]
    return min((moment for moment in found if moment is not None), default=None)


def _rows_of(source: "MappedSource") -> Iterator[tuple["QuerySet[Any]", str, Any, Any]]:
    """Yield the rows of a kind of event, the column of their time, the key that they count under, and what is counted."""
    messages, rooms, users, uploads = source.message_table, source.room_table, source.user_table, source.upload_table
    if messages and rooms:
        kinds = {EventKind.MESSAGES.of(kind): through(messages.room, is_it) for kind, is_it in rooms.kinds.items()}
        yield source.counted_messages(), messages.sent_at, labelled(kinds), Count("pk")
    if rooms and rooms.created_at:
        kinds = {EventKind.ROOMS.of(kind): is_it for kind, is_it in rooms.kinds.items()}
        yield rooms.rows(source.using), rooms.created_at, labelled(kinds), Count("pk")
    if users and users.created_at:
        yield users.rows(source.using), users.created_at, Value(str(EventKind.USERS)), Count("pk")
    if uploads and uploads.uploaded_at:
        rows, at = uploads.rows(source.using), uploads.uploaded_at
        yield rows, at, Value(str(EventKind.UPLOADS)), Count("pk")
        yield rows, at, Value(str(EventKind.BYTES)), Sum(uploads.size, default=0)
