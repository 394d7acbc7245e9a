"""One snapshot in which to count and to discard what was noted: a change is in the count or still in the ledger, never both."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from .definitions import Definition

LOCK_MILLISECONDS = 700


@contextmanager
def counting_transaction(using: str, definition: Definition) -> Iterator[Any]:
    """Open a transaction whose statements see one instant, with the locks that it will need taken before it.

    The host's tables first, as a TRUNCATE takes them. Nobody who reads or writes rows has to wait. Errors: OperationalError.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
            lock_tables(cursor, definition)
        yield cursor


def lock_tables(cursor: Any, definition: Definition) -> None:
    """Take what is needed to read the host's tables and to write the tallies'."""
    cursor.execute(f"LOCK TABLE {', '.join(definition.host_tables)} IN ACCESS SHARE MODE")
    cursor.execute(f"LOCK TABLE {', '.join(definition.tables)} IN ROW EXCLUSIVE MODE")
