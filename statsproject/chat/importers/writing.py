"""Write many rows so that those that are there already are changed only where they differ."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

Row = dict[str, Any]


def upsert(model: type[Model], rows: Sequence[Row], kept: frozenset[str] = frozenset()) -> None:
    """Insert rows or change them by id, in the caller's transaction; `kept` columns stay as they are in rows that exist.

    PostgreSQL gets them by COPY into a temporary table, SQLite by one prepared statement.
    """
    if not rows:
        return
    statement = _Statement(model, list(rows[0]), kept)
    if connection.vendor == "postgresql":
        _copy(statement, rows)
    else:
        _execute_many(statement, rows)


class _Statement:
    """The SQL of one table."""

    def __init__(self, model: type[Model], columns: list[str], kept: frozenset[str]) -> None:
        quote = connection.ops.quote_name
        self.columns = columns
        self.table = quote(model._meta.db_table)
        self.staging = quote(f"import_{model._meta.db_table}")
        self.names = ", ".join(quote(column) for column in columns)
        changing = [quote(column) for column in columns if column not in kept and column != "id"]
        changes = ", ".join(f"{name} = excluded.{name}" for name in changing)
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        differences = " OR ".join(f"{self.table}.{name} {differs} excluded.{name}" for name in changing)
        update = f"UPDATE SET {changes} WHERE {differences}" if changing else "NOTHING"
        self.on_conflict = f"ON CONFLICT (id) DO {update}"


def _copy(statement: _Statement, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {statement.staging} ON COMMIT DELETE ROWS AS "
            f"SELECT {statement.names} FROM {statement.table} WITH NO DATA"
        )
        cursor.execute(f"TRUNCATE {statement.staging}")  # of a batch earlier in the same transaction
        with cursor.copy(f"COPY {statement.staging} ({statement.names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))
        cursor.execute(
            f"INSERT INTO {statement.table} ({statement.names}) "
            f"SELECT {statement.names} FROM {statement.staging} {statement.on_conflict}"
        )


def _execute_many(statement: _Statement, rows: Sequence[Row]) -> None:
    marks = ", ".join("?" for _ in statement.columns)
    sql = f"INSERT INTO {statement.table} ({statement.names}) VALUES ({marks}) {statement.on_conflict}"
    connection.ensure_connection()
    # Django's own cursor would rewrite the statement's marks for every row.
    connection.connection.executemany(sql, ([_adapted(value) for value in row.values()] for row in rows))


def _adapted(value: Any) -> Any:
    """Write a time, which is in UTC, as Django stores it on SQLite; let anything else be."""
    return value.isoformat(" ")[:-6] if type(value) is datetime else value
