"""Queries about individual accounts, which are known by the texts of their keys, as the database writes them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import chain, starmap
from typing import Any

from django.db import connections
from django.db.models import Count, F, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from .active_days import AccountDay, RoomQuarter, masked
from .base import RoomFiles, RoomKind, RoomLabel, UserType
from .columns import field_at
from .labels import labelled, user_labels
from .parts import Messages, Rooms
from .quarters import QuarterNumber
from .tables import MessageTable, SubscriptionTable, UploadTable, UserTable

# SQLite takes as many parameters as this in all of its versions.
MOST_KEYS = 900
_PUBLIC = "public"


def account_days(rows: "QuerySet[Any]", account: str, at: str, room: Any = None) -> Iterator[AccountDay]:
    """Yield the days on which accounts did what some rows tell, by the columns of account and time, and the room's key."""
    active = (
        rows.filter(**{f"{account}__isnull": False})
        .annotate(_account=_text(account), _quarter=QuarterNumber(F(at)), _room=Cast(room, TextField()) if room else Value(""))
        .exclude(_quarter=None)
        .order_by()
        .values_list("_account", "_quarter", "_room")
    )
    statement, parameters = active.query.sql_with_params()
    return starmap(AccountDay, _selected(masked(statement, "_account", "_quarter", "_room"), parameters, rows.db))


def room_quarters(rows: "QuerySet[Any]", room: Any, at: str) -> Iterator[RoomQuarter]:
    """Yield the number of rows by room and quarter of an hour, by the key of the room and the column of the time."""
    counted = rows.annotate(_room=Cast(room, TextField()), _quarter=QuarterNumber(F(at))).exclude(_quarter=None).order_by()
    grouped = counted.values_list("_room", "_quarter").annotate(_number=Count("pk"))
    statement, parameters = grouped.query.sql_with_params()
    return starmap(RoomQuarter, _selected(statement, parameters, rows.db))


def room_files(tables: Iterable[tuple[UploadTable, Rooms]], using: str) -> Iterator[RoomFiles]:
    """Yield the number of files in each room, and their size, in one query for each table with its rooms."""
    for table, rooms in tables:
        column = str(table.room)
        uploads = table.rows(using).filter(**{f"{column}__in": rooms.all})
        grouped = uploads.annotate(_room=_text(column)).order_by().values_list("_room")
        counted = grouped.annotate(_files=Count("pk"), _bytes=Sum(table.size, default=0))
        yield from (RoomFiles(*row) for row in counted.iterator(chunk_size=5000))


def seen_days(
    users: UserTable | None,
    subscriptions: Iterable[SubscriptionTable],
    messages: MessageTable | None,
    since: datetime,
    using: str,
) -> Iterator[AccountDay] | None:
    """Yield the days of the latest reads and log-ins from `since` on; return None if neither is declared.

    Accounts are known by the column to which the authors of messages refer.
    """
    times = [(read.rows(using), read.user, read.last_seen) for read in subscriptions if read.user]
    if users and users.last_login:
        account = _key_of(messages, messages.author).attname if messages and messages.author else "pk"
        times.append((users.rows(using), account, users.last_login))
    recent = ((rows.filter(**{f"{at}__gte": since}), account, at) for rows, account, at in times)
    return chain.from_iterable(account_days(*one) for one in recent) if times else None


def account_types(table: UserTable, messages: MessageTable, accounts: Collection[str], using: str) -> dict[str, UserType]:
    """Return the types of accounts by the texts of their keys, to which the authors of messages refer."""
    found = _by_key(table.rows(using).annotate(_type=user_labels(table)[2]), messages, str(messages.author), accounts, "_type")
    return {account: UserType(type_) for account, type_ in found}


def account_names(table: UserTable, messages: MessageTable, accounts: Collection[str], using: str) -> dict[str, str]:
    """Return the names of accounts, by the texts of their keys, to which the authors of messages refer."""
    return dict(_by_key(table.rows(using), messages, str(messages.author), accounts, str(table.name)))


def room_labels(rooms: Rooms, messages: Messages, keys: Collection[str]) -> dict[str, RoomLabel]:
    """Return what rooms are known by, by the texts of their keys, to which messages refer."""
    table = rooms.table
    labelled_rooms = rooms.all.annotate(
        _kind=labelled(table.kinds),
        _name=F(table.name) if table.name else Value(""),
        _public=labelled({_PUBLIC: table.public} if table.public is not None else None),
    )
    found = _by_key(labelled_rooms, messages.table, messages.table.room, keys, "_kind", "_name", "_public")
    return {room: RoomLabel(RoomKind(kind), name or "", public == _PUBLIC) for room, kind, name, public in found}


def _by_key(
    rows: "QuerySet[Any]", messages: MessageTable, relation: str, keys: Collection[str], *columns: str
) -> Iterator[tuple[Any, ...]]:
    """Yield (key, columns) of the rows that a relation of the messages refers to by some keys, which are texts."""
    key = _key_of(messages, relation)
    selected = rows.order_by().values_list(key.attname, *columns)
    values = [key.to_python(text) for text in keys]
    for start in range(0, len(values), MOST_KEYS):
        for found, *row in selected.filter(**{f"{key.attname}__in": values[start : start + MOST_KEYS]}):
            yield str(key.get_db_prep_value(found, connections[rows.db])), *row


def _selected(statement: str, parameters: Any, using: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement; nothing is executed before the first is asked for."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, parameters)
        while chunk := cursor.fetchmany(5000):
            yield from chunk


def _key_of(messages: MessageTable, relation: str) -> Any:
    """Return the field that a relation of the messages refers to."""
    return field_at(messages.model_class(), relation).target_field  # type: ignore[attr-defined] # of a relation


def _text(column: str) -> Cast:
    return Cast(F(column), TextField())
