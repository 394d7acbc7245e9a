"""Reconciliation of the history with the rows: what no trigger recorded is booked as what happened, or as removed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ..db.transactions import consistent_read
from ..exceptions import InvalidAnswer
from ..models import EventCoverage, EventRollup
from ..sources.base import ChatSource
from ..sources.event_kinds import REMOVAL, EventCount, EventKind
from ..tallies.definitions import EVERYTHING
from ..tallies.event_changes import pending_changes
from ..tallies.source import tallies_of_events
from .event_book import ByQuarter, EventBook, add_removals, kind_of
from .room_book import ByRoom, reconcile_rooms, rows_by_room
from .steps import quarter_at, quarter_number, quarter_of

IDLE_SECONDS = 60
# The kind of a difference in the messages of one room.
IN_ROOM = "messages of a room"


@dataclass(frozen=True, slots=True)
class EventDifference:
    """A quarter of an hour with another number of rows of one kind than the history says."""

    kind: str
    quarter: datetime
    expected: int
    found: int


def reconcile(source: ChatSource, since: datetime, until: datetime, now: datetime, using: str) -> list[EventDifference]:
    """Book the differences between the history and the rows of a time range, and return them; the caller holds the lock.

    Where there are more rows of a kind than there should be, removed ones were restored, or if there are none, that many
    happened. Where there are fewer, that many were removed, now. Rows that changed their key only, such as the kind of their
    room, are moved, which is no difference. What happened is never lowered. Quarters that triggers have marked as changed
    unseen meanwhile are not among the differences that are returned.
    """
    rows, in_rooms, dirty, unrecorded = rows_by_event(source, since, until)
    excess: ByQuarter = defaultdict(Counter, {quarter: counter.copy() for quarter, counter in rows.items()})
    stored = EventRollup.objects.using(using).filter(quarter__gte=since, quarter__lt=until).exclude(key__startswith=REMOVAL)
    for row in stored.iterator(chunk_size=5000):
        excess[row.quarter][row.key] -= row.number - row.removed + row.moved
    excess = defaultdict(Counter, {quarter: counter for quarter, counter in excess.items() if any(counter.values())})
    with transaction.atomic(using=using):
        note_unrecorded(unrecorded, using)
        _book(excess, now, using)
        of_rooms = [] if in_rooms is None else reconcile_rooms(in_rooms, since, until, using)
    clean = [quarter for quarter in sorted(excess) if not dirty & {EVERYTHING, quarter_number(quarter)}]
    differences = [difference for quarter in clean for difference in _differences(quarter, excess[quarter], rows[quarter])]
    if EVERYTHING in dirty:
        return differences
    # Where the messages of all rooms differ, so do those of a room.
    known = dirty | {quarter_number(one.quarter) for one in differences if one.kind == EventKind.MESSAGES}
    return differences + [EventDifference(IN_ROOM, quarter_at(at), *numbers) for at, *numbers in of_rooms if at not in known]


def rows_by_event(source: ChatSource, since: datetime, until: datetime) -> tuple[ByQuarter, ByRoom | None, set[int], set[str]]:
    """Count the rows of a time range, without the changes that the history has yet to take, in one view of the data.

    The second value are the messages by room, None if the source does not tell. The third are the numbers of the quarters that
    triggers have marked as changed unseen, the last the counts whose changes are not known.
    """
    rows: ByQuarter = defaultdict(Counter)
    with consistent_read(source.using, IDLE_SECONDS):
        pending = pending_changes(tallies_of_events(source), quarter_number(since), quarter_number(until))
        for key, at, number in pending.changes:
            rows[quarter_at(at)][key] -= number
        for key, quarter, number in events_of(source, since, until):
            rows[quarter][key] += number
        in_rooms = rows_by_room(source, since, until, pending.in_rooms)
    return rows, in_rooms, pending.quarters, pending.unrecorded


def events_of(source: ChatSource, since: datetime, until: datetime) -> Iterator[EventCount]:
    """Yield what a source tells of its events. Errors: InvalidAnswer for a quarter that is none."""
    for key, quarter, number in source.events(since, until):
        if not isinstance(quarter, datetime) or quarter.tzinfo is None or quarter_of(quarter) != quarter:
            raise InvalidAnswer(
                f"{type(source).__qualname__}.events() counts {key} at {quarter!r}. A quarter is the datetime, with a time "
                "zone, at which a quarter of an hour begins."
            )
        yield EventCount(key, quarter, number)


def note_unrecorded(unrecorded: set[str], using: str) -> None:
    """Note which counts were reconciled without the changes that triggers may hold: a table that was away may come back."""
    coverage = EventCoverage.objects.using(using).get()
    known = unrecorded_counts(coverage, unrecorded)
    if unrecorded - known:
        coverage.unrecorded = sorted(known | unrecorded)
        coverage.save(using=using, update_fields=["unrecorded"])


def unrecorded_counts(coverage: EventCoverage, counts: set[str]) -> set[str]:
    """Return those whose recorded changes must not be taken any more; all of some counts if none was recorded."""
    return counts if coverage.is_live else set(coverage.unrecorded)


def _book(excess: ByQuarter, now: datetime, using: str) -> None:
    removals: ByQuarter = defaultdict(Counter)
    for book, quarters in EventBook.each(excess, using):
        for quarter in quarters:
            for key, taken, moved in _booked(excess[quarter]):
                if taken > 0:
                    removals[quarter_of(now)][key] -= taken - book.restore(key, quarter, taken)
                book.add(key, quarter, removed=max(-taken, 0), moved=moved)
                removals[quarter_of(now)][key] += max(-taken, 0)
    add_removals(removals, using)


def _booked(excess: "Counter[str]") -> Iterator[tuple[str, int, int]]:
    """Yield the key, how many rows came or went, and how many were moved, for each key.

    The sum of a kind's differences in a quarter came or went; what remains of each difference was moved.
    """
    left = _by_kind(excess)
    for key, difference in sorted(excess.items()):
        kind = kind_of(key)
        taken = min(difference, max(left[kind], 0)) if difference > 0 else max(difference, min(left[kind], 0))
        left[kind] -= taken
        yield key, taken, difference - taken


def _by_kind(numbers: "Counter[str]") -> "Counter[str]":
    sums: Counter[str] = Counter()
    for key, number in numbers.items():
        sums[kind_of(key)] += number
    return sums


def _differences(quarter: datetime, excess: "Counter[str]", rows: "Counter[str]") -> Iterator[EventDifference]:
    counted = _by_kind(rows)
    for kind, difference in sorted(_by_kind(excess).items()):
        # Without triggers, nothing tells that a room has become a discussion, or ceased to be one.
        if difference and kind != EventKind.IN_DISCUSSIONS:
            yield EventDifference(kind, quarter, counted[kind], counted[kind] - difference)
