"""Fold the ledgers into the sums."""

from django.db import connections, transaction

from ..locks import if_nobody_else
from .definitions import Definition
from .machinery import Machinery, ready
from .snapshot import LOCK_MILLISECONDS, lock_tables

DEED = "tallies"


def fold(machinery: Machinery) -> int:
    """Fold what is noted and return how many rows that were.

    0 when another process is at it, when there is nothing to fold, and inside a transaction of the caller's: the lock has to
    outlast the commit. Errors: OperationalError when the tables are held by a TRUNCATE.
    """
    if connections[machinery.using].in_atomic_block or not any(definition.fold for definition in machinery.definitions):
        return 0
    with if_nobody_else(DEED, machinery.using) as alone:
        if not alone:
            return 0
        standing = ready(machinery)
        return sum(_fold(machinery.using, definition) for definition in machinery.definitions if definition.name in standing)


def _fold(using: str, definition: Definition) -> int:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        # What a crash loses of it comes back with the rows that it had folded.
        cursor.execute("SET LOCAL synchronous_commit = off")
        lock_tables(cursor, definition)
        cursor.execute(definition.fold)
        folded = cursor.fetchone()[0]
    if folded:
        with connections[using].cursor() as cursor:
            cursor.execute(f"VACUUM (SKIP_LOCKED, TRUNCATE false) {', '.join(definition.ledgers)}")
    return folded
