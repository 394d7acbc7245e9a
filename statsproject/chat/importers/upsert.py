"""Bulk upsert: insert rows, and update existing ones only if they differ."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

Row = dict[str, Any]


def upsert(model: type[Model], rows: Sequence[Row], insert_only: frozenset[str] = frozenset()) -> None:
    """Insert rows or update them by id, in the caller's transaction. Columns in `insert_only` are not updated.

    PostgreSQL receives the rows through COPY into a temporary table, SQLite through one prepared statement.
    """
    if not rows:
        return
    statement = _Statement(model, list(rows[0]), insert_only)
    if connection.vendor == "postgresql":
        _copy(statement, rows)
    else:
        _execute_many(statement, rows)


class _Statement:
    """The parts of the SQL statements for one table."""

    def __init__(self, model: type[Model], columns: list[str], insert_only: frozenset[str]) -> None:
        quote = connection.ops.quote_name
        self.columns = columns
        self.table = quote(model._meta.db_table)
        self.staging = quote(f"import_{model._meta.db_table}")
        self.names = ", ".join(quote(column) for column in columns)
        updated = [quote(column) for column in columns if column not in insert_only and column != "id"]
        assignments = ", ".join(f"{name} = excluded.{name}" for name in updated)
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        differences = " OR ".join(f"{self.table}.{name} {differs} excluded.{name}" for name in updated)
        update = f"UPDATE SET {assignments} WHERE {differences}" if updated else "NOTHING"
        self.on_conflict = f"ON CONFLICT (id) DO {update}"


def _copy(statement: _Statement, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {statement.staging} ON COMMIT DELETE ROWS AS "
            f"SELECT {statement.names} FROM {statement.table} WITH NO DATA"
        )
        cursor.execute(f"TRUNCATE {statement.staging}")  # an earlier call in the same transaction may have filled it
        with cursor.copy(f"COPY {statement.staging} ({statement.names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))
        cursor.execute(
            f"INSERT INTO {statement.table} ({statement.names}) "
            f"SELECT {statement.names} FROM {statement.staging} {statement.on_conflict}"
        )


def _execute_many(statement: _Statement, rows: Sequence[Row]) -> None:
    placeholders = ", ".join("?" for _ in statement.columns)
    sql = f"INSERT INTO {statement.table} ({statement.names}) VALUES ({placeholders}) {statement.on_conflict}"
    connection.ensure_connection()
    # Django's cursor would convert the placeholders again for every row.
    connection.connection.executemany(sql, ([_adapt(value) for value in row.values()] for row in rows))


def _adapt(value: Any) -> Any:
    """Return a time, which is in UTC, in the format in which Django stores it on SQLite, and any other value unchanged."""
    return value.isoformat(" ")[:-6] if type(value) is datetime else value
