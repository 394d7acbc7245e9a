"""Folding: moving the recorded changes from the ledgers to the sums."""

from collections.abc import Mapping, Sequence
from itertools import compress

from django.db import connections, transaction

from ..db.locks import try_exclusive_lock, try_lock_in_transaction
from .declared import TallySet
from .definitions import FAILURES, TallyDefinition
from .installed import REPLICATED, is_recorded, readable_tallies, tally_defects
from .settling import partitioned, settle
from .transactions import LOCK_MILLISECONDS, lock_for_counting

LOCK_NAME = "tallies"

# A fold of so many rows follows a bulk load; the ledgers then take megabytes on disk.
BULK = 20_000


def fold(tallies: TallySet, *, in_transaction: bool = False) -> int:
    """Fold all ledgers and return the number of folded rows.

    Return 0, without folding, if another process is folding, or if the caller has a transaction open, since the ledgers cannot
    be vacuumed in it; with `in_transaction`, they are folded all the same. Errors: OperationalError when a TRUNCATE holds the
    tables.
    """
    if connections[tallies.using].in_atomic_block and not in_transaction:
        return 0
    if not any(definition.fold for definition in tallies.definitions):
        return 0
    defects = tally_defects(tallies)
    _note_replicated(tallies, defects)
    readable = {name for name, defect in defects.items() if not defect}
    if any(definition.name not in readable for definition in partitioned(tallies)) and _settle(tallies):
        readable = readable_tallies(tallies)
    definitions = [definition for definition in tallies.definitions if definition.name in readable]
    return sum(_fold(tallies.using, definition) for definition in _with_changes(tallies.using, definitions))


def _with_changes(using: str, definitions: Sequence[TallyDefinition]) -> list[TallyDefinition]:
    """Keep those whose ledgers are not empty: mostly few, and finding out takes one statement for all."""
    if not definitions:
        return []
    found = (" OR ".join(f"EXISTS (SELECT FROM {ledger})" for ledger in definition.ledgers) for definition in definitions)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(found)}")
        return list(compress(definitions, cursor.fetchone()))


def _note_replicated(tallies: TallySet, defects: Mapping[str, str]) -> None:
    """Record that counts have missed changes, since nobody knows it any more once the subscription is dropped."""
    with connections[tallies.using].cursor() as cursor:
        for name in (name for name, defect in defects.items() if defect == REPLICATED):
            cursor.execute(f"INSERT INTO {FAILURES} (name, failed_at, error) VALUES (%s, now(), %s)", [name, REPLICATED])


def _settle(tallies: TallySet) -> int:
    """Settle the partitions, unless another process folds or installs."""
    with try_exclusive_lock(LOCK_NAME, tallies.using) as is_free:
        return settle(tallies) if is_free else 0


def _fold(using: str, definition: TallyDefinition) -> int:
    is_alone = not connections[using].in_atomic_block
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        # The lock keeps an installation away, too: what was readable before it may have been replaced.
        if not try_lock_in_transaction(connections[using], LOCK_NAME) or not is_recorded(definition, cursor):
            return 0
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        if is_alone:
            # If a crash loses the fold, the ledger still has its rows.
            cursor.execute("SET LOCAL synchronous_commit = off")
        lock_for_counting(cursor, definition)
        cursor.execute(definition.fold)
        folded = cursor.fetchone()[0]
    if folded and is_alone:
        with connections[using].cursor() as cursor:
            # To shrink a table takes a lock that no write of the chat should have to wait for often.
            is_shrunk = folded > BULK
            cursor.execute(f"VACUUM (SKIP_LOCKED, TRUNCATE {is_shrunk}) {', '.join(definition.ledgers)}")
    return folded
