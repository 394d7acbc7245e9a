"""Settling: counting partitions that were created or attached, and taking out those that were detached or dropped.

Only these partitions are read. Until it is done, the count is not read, and rows are counted live.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import Error, connections, transaction

from .declared import TallySet
from .definitions import PART, PART_NAME, PartitionedDefinition
from .installed import is_recorded
from .transactions import counting_settings

logger = logging.getLogger(__name__)
# Who writes to the partition waits as long, once in every fold while it is in use. It is far less than PostgreSQL's
# deadlock_timeout, so that in a deadlock the chat never gives way.
EQUIP_MILLISECONDS = 100


@dataclass(frozen=True, slots=True)
class Part:
    """A partition that is not counted as it stands; `name` is empty if it is gone."""

    number: int
    name: str
    is_equipped: bool

    def fill(self, statement: str) -> str:
        """Put the partition into a statement."""
        return statement.replace(PART, str(self.number)).replace(PART_NAME, self.name)


def settle(tallies: TallySet, report: Callable[[str], Any] = str) -> int:
    """Settle the partitions of every installed tally that has any, and return their number; the caller holds the lock.

    A partition that is in use, or is being dropped, is left for the next time.
    """
    return sum(
        _settle_one(tallies.using, definition, part, report)
        for definition in partitioned(tallies)
        for part in _unsettled(tallies.using, definition)
    )


def partitioned(tallies: TallySet) -> list[PartitionedDefinition]:
    """Return the definitions that count partitions."""
    return [definition for definition in tallies.definitions if isinstance(definition, PartitionedDefinition)]


def _unsettled(using: str, definition: PartitionedDefinition) -> list[Part]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [definition.tables[-1]])
        if cursor.fetchone()[0] or not is_recorded(definition, cursor):
            return []
        cursor.execute(definition.unsettled)
        return [Part(number, name or "", equipped) for number, name, equipped in cursor.fetchall()]


def _settle_one(using: str, definition: PartitionedDefinition, part: Part, report: Callable[[str], Any]) -> int:
    try:
        if part.name and not part.is_equipped:
            _equip(using, definition, part)
        return _count(using, definition, part, report)
    except Error as error:
        _warn_once(definition.partitioned, str(error).strip())
        return 0


@lru_cache(maxsize=100)
def _warn_once(table: str, error: str) -> None:
    """Log why a partition is not counted: once, since every fold tries again."""
    logger.warning("A partition of %s could not be counted yet: %s", table, error)


def _equip(using: str, definition: PartitionedDefinition, part: Part) -> None:
    """Create the triggers that a partition lacks, which takes milliseconds once the lock is granted."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {EQUIP_MILLISECONDS}")
        cursor.execute(f"LOCK TABLE {part.name} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(part.fill(definition.equip))


def _count(using: str, definition: PartitionedDefinition, part: Part, report: Callable[[str], Any]) -> int:
    """Take out what the partition contributed, and count its rows if it is attached, in one view of the data.

    While it is locked, it can be neither detached nor truncated. The triggers stand before the view of the data is taken, so a
    change is either visible in it with its ledger row, or neither is.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        counting_settings(cursor)
        if part.name:
            cursor.execute(f"LOCK TABLE {part.name} IN ACCESS SHARE MODE")
        cursor.execute(f"LOCK TABLE {', '.join(definition.tables)} IN ROW EXCLUSIVE MODE")
        if part.name:
            cursor.execute(part.fill(definition.is_counted))
            if not cursor.fetchone()[0]:
                return 0
        for statement in (*definition.forget, *(definition.adopt if part.name else ())):
            cursor.execute(part.fill(statement))
    report(f"{definition.name}: {part.name or 'a partition that is gone'}: settled")
    return 1
