"""Queries about individual accounts, which are known by the texts of their keys, as the database writes them."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain, starmap
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from .active_days import AccountDay, masked
from .base import UserType
from .columns import field_at
from .labels import user_labels
from .parts import Messages
from .quarters import QuarterNumber
from .tables import MessageTable, SubscriptionTable, UserTable

# SQLite takes as many parameters as this in all of its versions.
MOST_KEYS = 900


def account_days(rows: "QuerySet[Any]", account: str, at: str, messages: Messages | None = None) -> Iterator[AccountDay]:
    """Yield the days on which accounts did what some rows tell, by the columns of the account and the time, and where."""
    active = (
        rows.filter(**{f"{account}__isnull": False})
        .annotate(_account=as_text(account), _quarter=QuarterNumber(F(at)), _room=room_key(messages) if messages else Value(""))
        .exclude(_quarter=None)
        .order_by()
        .values_list("_account", "_quarter", "_room")
    )
    statement, parameters = active.query.sql_with_params()
    masks = masked(statement, connections[rows.db].vendor, "_account", "_quarter", "_room")
    return starmap(AccountDay, selected_rows(masks, parameters, rows.db))


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
    found = by_key(table.rows(using).annotate(_type=user_labels(table)[2]), messages, str(messages.author), accounts, "_type")
    return {account: UserType(type_) for account, type_ in found}


def account_names(table: UserTable, messages: MessageTable, accounts: Collection[str], using: str) -> dict[str, str]:
    """Return the names of accounts, by the texts of their keys, to which the authors of messages refer."""
    return dict(by_key(table.rows(using), messages, str(messages.author), accounts, str(table.name)))


def room_key(messages: Messages) -> Any:
    """Return an expression for the key by which the room of a message is known."""
    key = Cast(messages.room, TextField())
    return Concat(Value(messages.prefix, output_field=TextField()), key) if messages.prefix else key


def by_key(
    rows: "QuerySet[Any]", messages: MessageTable, relation: str, keys: Collection[str], *columns: str
) -> Iterator[tuple[Any, ...]]:
    """Yield (key, columns) of the rows that a relation of the messages refers to by some keys, which are texts."""
    key = _key_of(messages, relation)
    selected = rows.order_by().values_list(key.attname, *columns)
    values = list(_possible(key, keys))
    for start in range(0, len(values), MOST_KEYS):
        for found, *row in selected.filter(**{f"{key.attname}__in": values[start : start + MOST_KEYS]}):
            yield str(key.get_db_prep_value(found, connections[rows.db])), *row


def _possible(column: Any, texts: Collection[str]) -> Iterator[Any]:
    """Yield the values of a column that are written so; other texts were keys of tables that are declared no more."""
    for text in texts:
        with suppress(ValidationError):
            yield column.to_python(text)


def selected_rows(statement: str, parameters: Any, using: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement; nothing is executed before the first is asked for."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, parameters)
        while chunk := cursor.fetchmany(5000):
            yield from chunk


def _key_of(messages: MessageTable, relation: str) -> Any:
    """Return the field that a relation of the messages refers to."""
    return field_at(messages.model_class(), relation).target_field  # type: ignore[attr-defined] # of a relation


def as_text(column: str) -> Cast:
    return Cast(F(column), TextField())
