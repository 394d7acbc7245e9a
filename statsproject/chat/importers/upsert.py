"""Bulk upsert: insert rows, and update existing ones only if they differ."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

Row = dict[str, Any]


def upsert(model: type[Model], rows: Sequence[Row], insert_only: frozenset[str] = frozenset()) -> None:
    """Insert rows or update them by id, in the caller's transaction. Columns in `insert_only` are not updated.

    PostgreSQL receives the rows through COPY: into the table if they are new, or else into a temporary one. SQLite receives
    them through one prepared statement.
    """
    if not rows:
        return
    statement = _Statement(model, list(rows[0]), insert_only)
    if connection.vendor != "postgresql":
        _execute_many(statement, rows)
    elif not _insert_new(statement, rows):
        _merge(statement, rows)


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


def _insert_new(statement: _Statement, rows: Sequence[Row]) -> bool:
    """Copy rows into the table; return False, and leave it as it is, if one of them exists there."""
    with connection.cursor() as cursor:
        # In an export that was imported before, most batches begin with a row that exists.
        cursor.execute(f"SELECT 1 FROM {statement.table} WHERE id = %s", [rows[0]["id"]])
        if cursor.fetchone():
            return False
    try:
        with transaction.atomic():
            _copy(statement.table, statement.names, rows)
    except IntegrityError:
        return False
    return True


def _merge(statement: _Statement, rows: Sequence[Row]) -> None:
    """Copy rows into a temporary table, and insert or update them from there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {statement.staging} ON COMMIT DELETE ROWS AS "
            f"SELECT {statement.names} FROM {statement.table} WITH NO DATA"
        )
        cursor.execute(f"TRUNCATE {statement.staging}")  # an earlier call in the same transaction may have filled it
        _copy(statement.staging, statement.names, rows)
        cursor.execute(
            f"INSERT INTO {statement.table} ({statement.names}) "
            f"SELECT {statement.names} FROM {statement.staging} {statement.on_conflict}"
        )


def _copy(table: str, names: str, rows: Sequence[Row]) -> None:
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(list(row.values()))


def _execute_many(statement: _Statement, rows: Sequence[Row]) -> None:
    placeholders = ", ".join("?" for _ in statement.columns)
    sql = f"INSERT INTO {statement.table} ({statement.names}) VALUES ({placeholders}) {statement.on_conflict}"
    connection.ensure_connection()
    # Django's cursor would convert the placeholders again for every row.
    connection.connection.executemany(sql, ([_adapt(value) for value in row.values()] for row in rows))


def _adapt(value: Any) -> Any:
    """Return a time, which is in UTC, in the format in which Django stores it on SQLite, and any other value unchanged."""
    return value.isoformat(" ")[:-6] if type(value) is datetime else value
