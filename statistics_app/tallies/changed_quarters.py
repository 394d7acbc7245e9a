"""The quarters of an hour whose events changed: recorded by triggers in the transactions that change them, so none is lost."""

from collections.abc import Callable

from django.db import connections, transaction

from .declared import TallySet
from .definitions import EVERYTHING
from .folding import fold
from .installed import readable_tallies

# A function of the numbers of the changed quarters, and of whether any other quarter may have changed as well.
QuarterHandler = Callable[[set[int], bool], None]


def hand_over_changed_quarters(tallies: TallySet, handle: QuarterHandler) -> bool:
    """Call `handle` with the quarters that changed since the last call; return whether these are all changes.

    False means that some count is not maintained by triggers, so its changes are unknown. The quarters are deleted in a
    transaction that is committed with, or after, the writes of `handle`; after a crash they are handed over again.
    """
    fold(tallies)
    readable = readable_tallies(tallies)
    with transaction.atomic(using=tallies.using), connections[tallies.using].cursor() as cursor:
        numbers: set[int] = set()
        for definition in tallies.definitions:
            if definition.name in readable:
                cursor.execute(f"DELETE FROM {definition.quarters} RETURNING quarter")
                numbers |= {number for (number,) in cursor.fetchall()}
        handle(numbers - {EVERYTHING}, EVERYTHING in numbers)
    return bool(tallies.definitions) and len(readable) == len(tallies.definitions) and not tallies.reasons
