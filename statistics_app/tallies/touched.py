"""Which quarters of an hour changed: noted by the triggers in the transactions that changed them, so that none is missed."""

from collections.abc import Callable

from django.db import connections, transaction

from .definitions import EVERYTHING
from .folding import fold
from .machinery import Machinery, ready

# Takes the numbers of quarters, and whether all that was ever counted may have changed.
Take = Callable[[set[int], bool], None]


def hand_over(machinery: Machinery, take: Take) -> bool:
    """Hand over which quarters changed since the last time, and say whether all changes are told.

    What `take` writes is committed with, or before, the forgetting of what is handed over; so a crash tells it again.
    """
    fold(machinery)
    standing = ready(machinery)
    with transaction.atomic(using=machinery.using), connections[machinery.using].cursor() as cursor:
        numbers: set[int] = set()
        for definition in machinery.definitions:
            if definition.name in standing:
                cursor.execute(f"DELETE FROM {definition.quarters} RETURNING quarter")
                numbers |= {number for (number,) in cursor.fetchall()}
        take(numbers - {EVERYTHING}, EVERYTHING in numbers)
    return bool(machinery.definitions) and len(standing) == len(machinery.definitions) and not machinery.reasons
