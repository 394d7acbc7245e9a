"""The rollups of some quarters of an hour, changed in memory and then stored."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Self

from ..db.sql import conflict_target
from ..models import EventDay, EventRollup
from ..models.step_query import midnight_of
from ..sources.event_kinds import removal_of
from ..tallies.event_changes import EventChange
from .steps import quarter_at

# Numbers by event key, by quarter.
ByQuarter = defaultdict[datetime, Counter[str]]
# So that a change of every quarter of many years needs little memory.
QUARTERS_PER_BOOK = 400


class EventBook:
    """The event rollups of some quarters; the caller holds the lock of the event rollups, and a transaction."""

    def __init__(self, quarters: Iterable[datetime], using: str) -> None:
        self.using = using
        self.rows: defaultdict[datetime, dict[str, EventRollup]] = defaultdict(dict)
        for row in EventRollup.objects.using(using).filter(quarter__in=set(quarters)):
            self.rows[row.quarter][row.key] = row
        self.changed: dict[tuple[datetime, str], EventRollup] = {}

    def add(self, key: str, quarter: datetime, number: int = 0, removed: int = 0, moved: int = 0) -> None:
        """Add to the rollup of a key and quarter."""
        if number or removed or moved:
            row = self.rows[quarter].setdefault(key, EventRollup(key=key, quarter=quarter, number=0))
            row.number, row.removed, row.moved = row.number + number, row.removed + removed, row.moved + moved
            self.changed[quarter, key] = row

    def restore(self, key: str, quarter: datetime, number: int) -> int:
        """Lower what was removed of a quarter, and return how much had not been removed before: that happens now.

        A row may come back under another key than it was removed under, if its room has changed meanwhile.
        """
        of_kind = [row for row in self.rows[quarter].values() if kind_of(row.key) == kind_of(key)]
        for other in sorted(of_kind, key=lambda row: row.key != key):
            restored = min(number, other.removed)
            if restored > 0:
                number -= restored
                self.add(other.key, quarter, removed=-restored, moved=-restored if other.key != key else 0)
                self.add(key, quarter, moved=restored if other.key != key else 0)
        self.add(key, quarter, number=number)
        return number

    def store(self) -> None:
        """Store the changed rollups, and their sums by day."""
        EventRollup.objects.using(self.using).bulk_create(
            self.changed.values(),
            update_conflicts=True,
            unique_fields=conflict_target(self.using, ["key", "quarter"]),
            update_fields=["number", "removed", "moved"],
            batch_size=1000,
        )
        days = (midnight_of(quarter) for quarter, _ in self.changed)
        EventDay.objects.using(self.using).sum_up(days, {key for _, key in self.changed})

    @classmethod
    def each(cls, quarters: Iterable[datetime], using: str) -> Iterator[tuple[Self, list[datetime]]]:
        """Yield a book for some of the quarters at a time, with these; each is stored after its use."""
        ordered = sorted(set(quarters))
        for start in range(0, len(ordered), QUARTERS_PER_BOOK):
            part = ordered[start : start + QUARTERS_PER_BOOK]
            book = cls(part, using)
            yield book, part
            book.store()


def kind_of(key: str) -> str:
    """Return the kind of event of a key, whatever the kind of room: `messages` of `messages:c`."""
    return key.partition(":")[0]


def add_changes(changes: Iterable[EventChange], since: datetime, using: str) -> None:
    """Add changes to the rollups: what was written or corrected to `number`, what was removed or restored to `removed`.

    A removal is an event of its own time as well, and a restoration takes one back. What happened before `since` is not
    covered, and will be counted by a back-fill.
    """
    totals = _ChangeTotals()
    for change in changes:
        totals.add(change, since)
    for book, quarters in EventBook.each({*totals.happened, *totals.gone}, using):
        for quarter in quarters:
            totals.book(book, quarter)
    add_removals(totals.removals, using)


def add_removals(removals: "ByQuarter", using: str) -> None:
    """Add removals to the rollups of the quarters in which they happened."""
    for book, quarters in EventBook.each(removals, using):
        for quarter in quarters:
            for key, number in removals[quarter].items():
                book.add(removal_of(key), quarter, number=number)


class _ChangeTotals:
    """Changes added up: what happened and what is gone of a quarter, and the removals at their own time."""

    def __init__(self) -> None:
        self.happened: ByQuarter = defaultdict(Counter)
        self.gone: ByQuarter = defaultdict(Counter)
        self.removals: ByQuarter = defaultdict(Counter)
        self.removed_at: dict[tuple[datetime, str], datetime] = {}

    def add(self, change: EventChange, since: datetime) -> None:
        """Add a change; what happened at an unknown time or before `since` counts as a removal only."""
        removed_at = None if change.removed_in is None else quarter_at(change.removed_in)
        if removed_at is not None:
            self.removals[removed_at][change.key] -= change.number
        if change.quarter is None or (at := quarter_at(change.quarter)) < since:
            return
        if removed_at is None:
            self.happened[at][change.key] += change.number
        else:
            self.gone[at][change.key] -= change.number
            self.removed_at[at, change.key] = removed_at

    def book(self, book: EventBook, quarter: datetime) -> None:
        """Book what changed in a quarter. What is restored without having been removed happened, and was not restored."""
        for key, number in self.happened[quarter].items():
            book.add(key, quarter, number=number)
        for key, number in self.gone[quarter].items():
            if number > 0:
                book.add(key, quarter, removed=number)
            else:
                self.removals[self.removed_at[quarter, key]][key] += book.restore(key, quarter, -number)
