"""Queries about individual accounts, which are known by the texts of their keys, as the database writes them."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import connections
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from .active_days import AccountDay, masked
from .base import UserType
from .columns import field_at
from .labels import user_labels
from .quarters import QuarterNumber
from .tables import MessageTable, SubscriptionTable, UserTable

# SQLite takes as many parameters as this in all of its versions.
MOST_KEYS = 900


def account_days(rows: "QuerySet[Any]", account: str, at: str) -> Iterator[AccountDay]:
    """Yield the days on which accounts did what some rows tell, by the columns of the account and of the time."""
    active = (
        rows.filter(**{f"{account}__isnull": False})
        .annotate(_account=Cast(F(account), TextField()), _quarter=QuarterNumber(F(at)))
        .exclude(_quarter=None)
        .order_by()
        .values_list("_account", "_quarter")
    )
    statement, parameters = active.query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(masked(statement, "_account", "_quarter"), parameters)
        while chunk := cursor.fetchmany(5000):
            yield from (AccountDay(*row) for row in chunk)


def seen_days(
    users: UserTable | None, read: SubscriptionTable | None, since: datetime, using: str
) -> Iterator[AccountDay] | None:
    """Yield the days of the latest reads and log-ins from `since` on; return None if neither is declared."""
    times: list[tuple[QuerySet[Any], str, str]] = []
    if read and read.user:
        times.append((read.rows(using), read.user, read.last_seen))
    if users and users.last_login:
        times.append((users.rows(using), "pk", users.last_login))
    recent = ((rows.filter(**{f"{at}__gte": since}), account, at) for rows, account, at in times)
    return chain.from_iterable(account_days(*one) for one in recent) if times else None


def account_types(table: UserTable, messages: MessageTable, accounts: Collection[str], using: str) -> dict[str, UserType]:
    """Return the types of accounts by the texts of their keys, to which the authors of messages refer."""
    author: Any = field_at(messages.model_class(), str(messages.author))
    key = author.target_field
    labelled = table.rows(using).annotate(_type=user_labels(table)[2]).order_by().values_list(key.attname, "_type")
    keys = [key.to_python(account) for account in accounts]
    types: dict[str, UserType] = {}
    for start in range(0, len(keys), MOST_KEYS):
        for found, type_ in labelled.filter(**{f"{key.attname}__in": keys[start : start + MOST_KEYS]}):
            types[str(key.get_db_prep_value(found, connections[using]))] = UserType(type_)
    return types
