"""Fold the ledgers into the sums."""

from django.db import connections, transaction

from ..db.locks import try_exclusive_lock
from .declared import TallySet
from .definitions import TallyDefinition
from .installed import readable_tallies
from .transactions import LOCK_MILLISECONDS, lock_for_counting

LOCK_NAME = "tallies"


def fold(tallies: TallySet) -> int:
    """Fold what is noted and return how many rows that were.

    0 when another process is at it, when there is nothing to fold, and inside a transaction of the caller's: the lock has to
    outlast the commit. Errors: OperationalError when the tables are held by a TRUNCATE.
    """
    if connections[tallies.using].in_atomic_block or not any(definition.fold for definition in tallies.definitions):
        return 0
    with try_exclusive_lock(LOCK_NAME, tallies.using) as alone:
        if not alone:
            return 0
        standing = readable_tallies(tallies)
        return sum(_fold(tallies.using, definition) for definition in tallies.definitions if definition.name in standing)


def _fold(using: str, definition: TallyDefinition) -> int:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        # What a crash loses of it comes back with the rows that it had folded.
        cursor.execute("SET LOCAL synchronous_commit = off")
        lock_for_counting(cursor, definition)
        cursor.execute(definition.fold)
        folded = cursor.fetchone()[0]
    if folded:
        with connections[using].cursor() as cursor:
            cursor.execute(f"VACUUM (SKIP_LOCKED, TRUNCATE false) {', '.join(definition.ledgers)}")
    return folded
