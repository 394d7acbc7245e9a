"""Transactions and locks for counting and reading.

A recount reads the rows and empties the ledger in one view of the data, so a change is either counted or still in the ledger.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .definitions import PartitionedDefinition, TallyDefinition

LOCK_MILLISECONDS = 700
_EXISTING = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
# to_regclass finds the table that exists now, and pg_relation_filenode its present file; pg_class, as any table, is read in the
# transaction's own view of the data. A partitioned table has no file.
_NEWER = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE NOT EXISTS (
  SELECT FROM pg_class c WHERE c.oid = to_regclass(name) AND c.relfilenode = coalesce(pg_relation_filenode(c.oid), 0))"""


@contextmanager
def counting_transaction(using: str, definition: TallyDefinition) -> Iterator[Any]:
    """Open a transaction whose statements see one view of the data, and take its locks before that view is taken.

    The host's tables are locked first, as a TRUNCATE does. The locks do not block other sessions that read or write rows.
    Errors: OperationalError if a lock is not granted within the time limit.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            counting_settings(cursor)
            if isinstance(definition, PartitionedDefinition):
                # PostgreSQL plans with the partitions of this moment, whatever the view of the data; nobody who reads or
                # writes rows waits for this lock.
                cursor.execute(f"LOCK TABLE ONLY {definition.partitioned} IN SHARE UPDATE EXCLUSIVE MODE")
            lock_for_counting(cursor, definition)
        yield cursor


def counting_settings(cursor: Any) -> None:
    """Let all statements of a transaction that has just begun see one view of the data, and wait for no lock for long."""
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")


def lock_for_counting(cursor: Any, definition: TallyDefinition) -> None:
    """Take the locks for reading the host's tables and for writing those of the tally."""
    cursor.execute(f"LOCK TABLE {', '.join(definition.host_tables)} IN ACCESS SHARE MODE")
    cursor.execute(f"LOCK TABLE {', '.join(definition.tables)} IN ROW EXCLUSIVE MODE")


def existing_tables(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> set[str]:
    """Return those of some tables that exist now; on SQLite, which has no schemas, their names are quoted only."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_EXISTING, [[*tables]])
            return {name for (name,) in cursor.fetchall()}
        names = {*connection.introspection.table_names(cursor)}
        return {table for table in tables if table.strip('"') in names}


def lock_for_reading(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> set[str]:
    """Lock tables against TRUNCATE and DROP until the transaction ends; return those that are newer than its view of the data.

    PostgreSQL lets a transaction with an older view read a table that was truncated, or dropped and recreated, since; it finds
    it empty. Where a trigger missed a TRUNCATE of the host's, that view shows the sums of before, and not the failure.
    The host's tables must come first: if only the app's tables were locked, a TRUNCATE of the host's could cause a deadlock
    with the chat. Outside of a transaction, no lock is taken.
    """
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        return set()
    with connection.cursor() as cursor:
        existing = sorted(existing_tables(connection, tables), key=[*tables].index)
        if not existing:
            return set()
        cursor.execute(f"LOCK TABLE {', '.join(existing)} IN ACCESS SHARE MODE")
        cursor.execute(_NEWER, [existing])
        return {name for (name,) in cursor.fetchall()}
