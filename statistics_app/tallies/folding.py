"""Fold the ledgers into the sums."""

from django.db import connections, transaction

from ..locks import if_nobody_else
from .definitions import Definition
from .machinery import Machinery, ready
from .snapshot import LOCK_MILLISECONDS, lock_tables

DEED = "tallies"


def fold(machinery: Machinery) -> int:
    """Fold what is noted and return how many rows that were; 0 when another process is at it, or there is nothing to fold."""
    if not any(definition.fold for definition in machinery.definitions):
        return 0
    with if_nobody_else(DEED, machinery.using) as alone:
        if not alone:
            return 0
        standing = ready(machinery)
        return sum(_fold(machinery.using, definition) for definition in machinery.definitions if definition.name in standing)


def _fold(using: str, definition: Definition) -> int:
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        # What a crash loses of it comes back with the rows that it had folded.
        cursor.execute("SET LOCAL synchronous_commit = off")
        lock_tables(cursor, definition)
        cursor.execute(definition.fold)
        folded = cursor.fetchone()[0]
    if folded and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (SKIP_LOCKED, TRUNCATE false) {', '.join(definition.ledgers)}")
    return folded
