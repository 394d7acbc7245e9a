"""Which quarters of an hour changed: noted by the triggers in the transactions that changed them, so that none is missed."""

from collections.abc import Callable

from django.db import connections, transaction

from .declared import TallySet
from .definitions import EVERYTHING
from .folding import fold
from .installed import readable_tallies

# Takes the numbers of quarters, and whether all that was ever counted may have changed.
Take = Callable[[set[int], bool], None]


def hand_over_changed_quarters(tallies: TallySet, take: Take) -> bool:
    """Hand over which quarters changed since the last time, and say whether all changes are told.

    What `take` writes is committed with, or before, the forgetting of what is handed over; so a crash tells it again.
    """
    fold(tallies)
    standing = readable_tallies(tallies)
    with transaction.atomic(using=tallies.using), connections[tallies.using].cursor() as cursor:
        numbers: set[int] = set()
        for definition in tallies.definitions:
            if definition.name in standing:
                cursor.execute(f"DELETE FROM {definition.quarters} RETURNING quarter")
                numbers |= {number for (number,) in cursor.fetchall()}
        take(numbers - {EVERYTHING}, EVERYTHING in numbers)
    return bool(tallies.definitions) and len(standing) == len(tallies.definitions) and not tallies.reasons
