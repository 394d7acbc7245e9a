"""One snapshot in which to count and to discard what was noted: a change is in the count or still in the ledger, never both."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .definitions import TallyDefinition

LOCK_MILLISECONDS = 700
_THERE = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
# The name leads to the table that is there now; whether it is there for us too, the catalogue says as our view has it.
_FRESH = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(name))"""


@contextmanager
def counting_transaction(using: str, definition: TallyDefinition) -> Iterator[Any]:
    """Open a transaction whose statements see one instant, with the locks that it will need taken before it.

    The host's tables first, as a TRUNCATE takes them. Nobody who reads or writes rows has to wait. Errors: OperationalError.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
            lock_for_counting(cursor, definition)
        yield cursor


def lock_for_counting(cursor: Any, definition: TallyDefinition) -> None:
    """Take what is needed to read the host's tables and to write the tallies'."""
    cursor.execute(f"LOCK TABLE {', '.join(definition.host_tables)} IN ACCESS SHARE MODE")
    cursor.execute(f"LOCK TABLE {', '.join(definition.tables)} IN ROW EXCLUSIVE MODE")


def lock_for_reading(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> set[str]:
    """Let nobody empty or remove these tables before the transaction ends; name those that are newer than its view of the data.

    A table that was made anew is empty to whoever has an older view, which PostgreSQL's dropping of tables does not heed. The
    host's tables come first: one that a TRUNCATE takes later, while we have only ours, would be a deadlock with the chat.
    Outside of a transaction there is nothing to hold.
    """
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_THERE, [[*tables]])
        there = [name for (name,) in cursor.fetchall()]
        if not there:
            return set()
        cursor.execute(f"LOCK TABLE {', '.join(there)} IN ACCESS SHARE MODE")
        cursor.execute(_FRESH, [there])
        return {name for (name,) in cursor.fetchall()}
