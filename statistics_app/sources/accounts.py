"""Queries about individual accounts, which are known by the texts of their keys, as the database writes them."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connections
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from .active_days import AccountDay, masked
from .base import UserType
from .labels import user_labels
from .quarters import QuarterNumber
from .tables import UserTable

# SQLite takes as many parameters as this in all of its versions.
MOST_KEYS = 900


def account_days(rows: "QuerySet[Any]", account: str, at: str) -> Iterator[AccountDay]:
    """Yield the days on which accounts did what some rows tell, by the columns of the account and of the time."""
    active = (
        rows.filter(**{f"{account}__isnull": False})
        .annotate(account=Cast(F(account), TextField()), quarter=QuarterNumber(F(at)))
        .exclude(quarter=None)
        .order_by()
        .values_list("account", "quarter")
    )
    statement, parameters = active.query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(masked(statement), parameters)
        while chunk := cursor.fetchmany(5000):
            yield from (AccountDay(*row) for row in chunk)


def account_types(table: UserTable, key: Any, accounts: Collection[str], using: str) -> dict[str, UserType]:
    """Return the types of accounts by the texts of their keys; `key` is the field of the table that others refer to."""
    labelled = table.rows(using).annotate(_type=user_labels(table)[2]).order_by().values_list(key.attname, "_type")
    keys = [key.to_python(account) for account in accounts]
    types: dict[str, UserType] = {}
    for start in range(0, len(keys), MOST_KEYS):
        for found, type_ in labelled.filter(**{f"{key.attname}__in": keys[start : start + MOST_KEYS]}):
            types[str(key.get_db_prep_value(found, connections[using]))] = UserType(type_)
    return types
