"""The changes of events, recorded by triggers in the transactions that write the rows, and handed over to the history once."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import OperationalError, connections, transaction

from ..sources.active_days import AccountDay, masked
from ..sources.base import RoomKind
from ..sources.event_kinds import EventKind
from ..sources.labels import IN_DISCUSSION
from .declared import TallySet
from .definitions import END_QUARTER, EVERYTHING, FIRST_QUARTER, NO_QUARTER, MessageDefinition, TallyDefinition
from .folding import fold
from .installed import NEWER, needs_installation, tally_defects
from .plan import Count

# How many changes of a count are handed over at once, in about 50 MB. On PostgreSQL, those of a fold of one key and quarter
# are one row, whatever their rooms and authors.
MOST_CHANGES = {"sqlite": 50_000, "postgresql": 20_000}


@dataclass(frozen=True, slots=True)
class EventChange:
    """A change of the number of rows of a count with one event key whose event happened in one quarter of an hour.

    `quarter` is None if the rows have no plausible time. `removed_in` is the quarter in which they were removed (then `number`
    is negative) or restored (positive); None if they were written or corrected.
    """

    count: str
    key: str
    quarter: int | None
    removed_in: int | None
    number: int


class RoomChange(NamedTuple):
    """A change of the number of messages in a room from a quarter of an hour, as the count of a table recorded it.

    `removal` tells that they were removed (then `number` is negative) or restored; if not, they were written or corrected.
    """

    room: str
    quarter: int
    removal: bool
    number: int
    counted_as: str = Count.MESSAGES


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What the history has to take: changes, and quarters whose events may have changed unseen; `everything` means all.

    `batch` numbers the changes; `in_rooms` are those of messages by room, `active` the days on which authors of messages among
    them wrote. `recorded` are the counts whose changes triggers record, `unrecorded` all others; `is_complete` tells whether
    they record those of each kind of event.
    """

    batch: int
    changes: list[EventChange]
    in_rooms: list[RoomChange]
    active: list[AccountDay]
    quarters: set[int]
    everything: bool
    recorded: set[str]
    unrecorded: set[str]
    is_complete: bool


def hand_over_changes(tallies: TallySet, taken: int, handle: Callable[[HandedOver], None]) -> bool:
    """Call `handle` with changes since the last call; `taken` is the number of the last batch that the history has.

    Return whether there are more, after an import for example: they are not all in memory at once.

    The history may be in another database. A batch is fixed in a transaction of its own before it is handed over, and removed
    in one that is committed with, or after, the writes of `handle`. After a crash it is therefore handed over again as it was,
    or, if its number shows that the history has it, removed.
    """
    fold(tallies, in_transaction=True)
    defects = tally_defects(tallies)
    definitions = _recording(tallies, defects)
    are_left = _fix_batch(tallies.using, definitions, taken + 1)
    with transaction.atomic(using=tallies.using), connections[tallies.using].cursor() as cursor:
        _forget(definitions, taken, cursor)
        changes = [*_take(definitions, cursor)]
        in_rooms, active = [*_in_rooms(definitions, cursor)], [*_active(definitions, cursor)]
        for definition in definitions:
            cursor.execute(f"DELETE FROM {definition.changes} WHERE batch <> 0")
        quarters = _quarters(definitions, "DELETE FROM {} RETURNING quarter", cursor)
        is_complete = bool(tallies.definitions) and not any(defects.values()) and not tallies.reasons
        everything = EVERYTHING in quarters
        recorded = {definition.name for definition in definitions}
        known = recorded, tallies.counts - recorded
        handle(HandedOver(taken + 1, changes, in_rooms, active, quarters - {EVERYTHING}, everything, *known, is_complete))
    return are_left


def discard_changes(tallies: TallySet) -> None:
    """Remove the recorded changes, of a source whose history is not made of them, so that they do not pile up."""
    definitions = _recording(tallies, tally_defects(tallies))
    with connections[tallies.using].cursor() as cursor:
        for definition in definitions:
            cursor.execute(f"DELETE FROM {definition.changes}")


@dataclass(frozen=True, slots=True)
class Pending:
    """What the history has not taken: (event key, quarter, change of the number of rows); of messages, also by room.

    `quarters` are the numbers of the quarters that are marked as changed unseen; EVERYTHING stands for all. `unrecorded` are
    the counts whose changes are not known.
    """

    changes: list[tuple[str, int, int]]
    in_rooms: list[tuple[str, int, int]]
    quarters: set[int]
    unrecorded: set[str]


def pending_changes(tallies: TallySet, first: int, end: int) -> Pending:
    """Return what the history has not taken of a range of quarters.

    Errors: OperationalError if this view of the data is older than a table, so that it does not show all changes.
    """
    definitions = _recording(tallies, tally_defects(tallies))
    with connections[tallies.using].cursor() as cursor:
        unrecorded = tallies.counts - {definition.name for definition in definitions}
        pending = Pending([], [], _quarters(definitions, "SELECT quarter FROM {}", cursor), unrecorded)
        for definition in definitions:
            _add_pending(definition, first, end, cursor, pending)
        return pending


def _recording(tallies: TallySet, defects: dict[str, str]) -> list[TallyDefinition]:
    """Return the definitions whose triggers record changes; one that waits for a partition is not read, but does."""
    if NEWER in defects.values():
        raise OperationalError(f"A table of the running counts {NEWER}.")
    return [definition for definition in tallies.definitions if not needs_installation(defects[definition.name])]


def _fix_batch(using: str, definitions: Iterable[TallyDefinition], batch: int) -> bool:
    """Number the changes of the first quarters that have MOST_CHANGES, and return whether others may be left.

    All of a quarter are in one batch, since a row can only be restored after it was removed.
    """
    most, are_left = MOST_CHANGES.get(connections[using].vendor, 0), False  # there is nothing to number elsewhere
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for definition in definitions:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {definition.changes} WHERE batch <> 0)")
            if cursor.fetchone()[0]:
                are_left = True
                continue
            cursor.execute(f"SELECT quarter FROM {definition.changes} ORDER BY quarter LIMIT 1 OFFSET {most - 1}")
            last = cursor.fetchone()
            cursor.execute(
                f"UPDATE {definition.changes} SET batch = {batch}" + (f" WHERE quarter <= {last[0]}" if last else "")
            )
            are_left = are_left or bool(last)
    return are_left


def _forget(definitions: Iterable[TallyDefinition], taken: int, cursor: Any) -> None:
    """Remove the batches that the history has."""
    for definition in definitions:
        cursor.execute(f"DELETE FROM {definition.changes} WHERE batch BETWEEN 1 AND {taken}")


def _take(definitions: Iterable[TallyDefinition], cursor: Any) -> Iterator[EventChange]:
    for definition in definitions:
        cursor.execute(
            f"SELECT key, quarter, removed_in, sum(n), sum(amount) FROM {definition.changes} WHERE batch <> 0 "
            "GROUP BY 1, 2, 3 HAVING sum(n) <> 0 OR sum(amount) <> 0"
        )
        for key, quarter, removed_in, n, amount in cursor.fetchall():
            for event, number in _events(definition.kind, key, n, amount):
                yield EventChange(definition.name, event, _or_none(quarter), _or_none(removed_in), number)


def _in_rooms(definitions: Iterable[TallyDefinition], cursor: Any) -> Iterator[RoomChange]:
    """Yield the changes of messages by room."""
    for definition in _of_messages(definitions):
        cursor.execute(
            f"SELECT room, quarter, removed_in <> {NO_QUARTER}, sum(n) FROM {definition.written} w "
            f"WHERE batch <> 0 AND quarter <> {NO_QUARTER} GROUP BY 1, 2, 3 HAVING sum(n) <> 0"
        )
        for room, quarter, removal, n in cursor.fetchall():
            yield RoomChange(f"{definition.prefix}{room}", quarter, bool(removal), int(n), definition.name)


def _active(definitions: Iterable[TallyDefinition], cursor: Any) -> Iterator[AccountDay]:
    """Yield the days on which the messages were written that came, or were changed."""
    for definition in _of_messages(definitions):
        written = (
            f"SELECT author AS account, quarter, room FROM {definition.written} w "
            f"WHERE batch <> 0 AND n > 0 AND quarter <> {NO_QUARTER} AND author <> ''"
        )
        cursor.execute(masked(written, cursor.db.vendor))
        for account, day, am, pm, room in cursor.fetchall():
            yield AccountDay(account, day, am, pm, f"{definition.prefix}{room}")


def _of_messages(definitions: Iterable[TallyDefinition]) -> Iterator[MessageDefinition]:
    return (definition for definition in definitions if isinstance(definition, MessageDefinition))


def _add_pending(definition: TallyDefinition, first: int, end: int, cursor: Any, pending: Pending) -> None:
    cursor.execute(definition.pending.replace(FIRST_QUARTER, str(first)).replace(END_QUARTER, str(end)))
    for key, quarter, n, amount, room in cursor.fetchall():
        pending.changes.extend((event, quarter, number) for event, number in _events(definition.kind, key, n, amount))
        if isinstance(definition, MessageDefinition) and n:
            pending.in_rooms.append((f"{definition.prefix}{room}", quarter, int(n)))


def _quarters(definitions: Iterable[TallyDefinition], statement: str, cursor: Any) -> set[int]:
    numbers: set[int] = set()
    for definition in definitions:
        cursor.execute(statement.format(definition.quarters))
        numbers |= {number for (number,) in cursor.fetchall()}
    return numbers


def _or_none(quarter: int) -> int | None:
    return None if quarter == NO_QUARTER else quarter


def _events(count: Count, key: str, n: Any, amount: Any) -> Iterator[tuple[str, int]]:
    """Yield the events that a change of a count's sums is, with their number."""
    match count:
        case Count.USERS:
            yield EventKind.USERS, int(n)
        case Count.ROOMS:
            yield EventKind.ROOMS.of(_kind(json.loads(key)[0])), int(n)
        case Count.MESSAGES:
            yield EventKind.MESSAGES.of(_kind(key)), int(n)
            if amount:
                yield EventKind.IN_THREADS, int(amount)
            if key.endswith(IN_DISCUSSION):
                yield EventKind.IN_DISCUSSIONS, int(n)
        case Count.UPLOADS:
            yield EventKind.UPLOADS, int(n)
            yield EventKind.BYTES, int(amount)
        case Count.TEAMS:
            pass


def _kind(label: str) -> RoomKind:
    return RoomKind(label.removesuffix(IN_DISCUSSION))
