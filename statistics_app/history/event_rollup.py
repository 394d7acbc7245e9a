"""Rollup of events: changes that triggers record are added; where they record none, the history is reconciled with the rows."""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime, timedelta
from functools import partial

from django.db import router, transaction

from ..db.locks import exclusive_lock
from ..exceptions import NotAnswered
from ..models import DirtyRange, EventCoverage, EventRollup
from ..sources.base import ChatSource
from ..sources.quarters import PLAUSIBLE, QUARTER
from ..tallies.event_changes import HandedOver, discard_changes, hand_over_changes
from ..tallies.overrides import records_events
from ..tallies.source import tallies_in_use, tallies_of_events
from .active_days import add_days_in_rows, add_seen_days, add_written_days
from .coverage import event_coverage
from .event_book import add_changes
from .recent_people import note_recent_people
from .reconciliation import EventDifference, reconcile, unrecorded_counts
from .room_book import add_room_changes
from .room_files import note_room_files
from .steps import quarter_at, quarter_of

LOCK_NAME = "roll_up_events"
# The longest time range that is reconciled at once, and the longest gap within it.
WINDOW, GAP = timedelta(days=30), timedelta(days=1)
# Without triggers that record changes, this most recent period is reconciled on every run.
RECENT = timedelta(days=2)
# The start of the last quarter that can have events; clocks that are wrong write rows of the future.
THE_END = PLAUSIBLE[1] - QUARTER


def roll_up_events(source: ChatSource, now: datetime) -> int:
    """Take the changes that triggers recorded, reconcile dirty quarters, and return the number of reconciled windows.

    It is 0 if the source has no timestamps. After a crash, a window is either reconciled or still dirty.
    """
    using, source = router.db_for_write(EventRollup), at_writer(source)
    with exclusive_lock(LOCK_NAME, using):
        coverage = take_changes(source, now, using)
        add_seen_days(source, coverage, now, using)
        reconciled = sum(1 for _ in reconcile_dirty(source, now, using))
        note_recent_people(coverage, now, using)
        note_room_files(source, now, using)
        return reconciled


def take_changes(source: ChatSource, now: datetime, using: str) -> EventCoverage:
    """Take the changes that triggers recorded since the last time; the caller holds the lock."""
    coverage = event_coverage(now, using)
    if not records_events(type(source)):
        discard_changes(tallies_in_use(source))
    tallies, take = tallies_of_events(source), partial(_take, source, coverage, now, using)
    while hand_over_changes(tallies, coverage.batch, take):
        pass
    return coverage


def at_writer(source: ChatSource) -> ChatSource:
    """Return the source with the database that the chat writes to.

    A change is taken once; rows of a replica that does not have it yet would be reconciled to the old number.
    """
    writer = tallies_in_use(source).using
    if source.using == writer:
        return source
    source = copy(source)
    source.using = writer
    return source


def _take(source: ChatSource, coverage: EventCoverage, now: datetime, using: str, handed: HandedOver) -> None:
    """Add changes to the rollups, and mark as dirty what may have changed unseen."""
    unrecorded = unrecorded_counts(coverage, handed.recorded | handed.unrecorded)
    changes = [change for change in handed.changes if change.count not in unrecorded]
    coverage.is_live, coverage.unrecorded = not handed.recorded, sorted(handed.unrecorded)
    with transaction.atomic(using=using):
        happened = [change.quarter for change in changes if change.quarter is not None and change.number > 0]
        if coverage.is_complete and happened:
            coverage.since = min(coverage.since, quarter_at(min(happened)))
        coverage.batch = handed.batch
        coverage.save(using=using, update_fields=["since", "batch", "is_live", "unrecorded"])
        add_changes(changes, coverage.since, using)
        in_rooms = [change for change in handed.in_rooms if change.counted_as not in unrecorded]
        add_room_changes(in_rooms, coverage.since, using)
        add_written_days(source, handed.active, using)
        mark_dirty([(at, at) for at in map(quarter_at, handed.quarters) if coverage.since <= at], using)
        if handed.everything or unrecorded & handed.recorded:
            mark_dirty([(coverage.since, THE_END)], using)
        elif not handed.is_complete:
            mark_dirty([(max(coverage.since, coverage.until - RECENT), now)], using)
        EventCoverage.objects.using(using).update(until=now)


def mark_dirty(dirty: Iterable[tuple[datetime, datetime]], using: str) -> None:
    """Mark ranges of quarters to be reconciled; each pair of times includes the quarters that contain them."""
    rows = (DirtyRange(since=quarter_of(since), until=quarter_of(until) + QUARTER) for since, until in dirty)
    DirtyRange.objects.using(using).bulk_create(rows, batch_size=1000)


def reconcile_dirty(source: ChatSource, now: datetime, using: str) -> Iterator[list[EventDifference]]:
    """Reconcile one window after the other until no quarter is dirty, and yield the differences of each; the caller locks."""
    while (window := _first_window(now, using)) is not None:
        since, until = window
        try:
            differences = reconcile(source, since, until, now, using)
            add_days_in_rows(source, since, until, using)
        except NotAnswered:
            DirtyRange.objects.using(using).all().delete()
            return
        _clean(since, until, using)
        yield differences


def windows(since: datetime, until: datetime, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Divide a time range into windows, the last of which is all of the future."""
    while since < until:
        end = min(since + WINDOW, until) if since < now else until
        yield since, end
        since = end


def _first_window(now: datetime, using: str) -> tuple[datetime, datetime] | None:
    """Return the first dirty range, up to the length of a window, with the following ones that are not far from it."""
    window: tuple[datetime, datetime] | None = None
    for dirty in DirtyRange.objects.using(using).order_by("since").iterator():
        since, until = window or (dirty.since, dirty.until)
        if dirty.since > until + GAP:
            break
        window = next(windows(since, max(until, dirty.until), now))
        if window[1] < dirty.until:
            break
    return window


def _clean(since: datetime, until: datetime, using: str) -> None:
    """Remove the marks of a window; nobody else makes any, since the caller holds the lock."""
    with transaction.atomic(using=using):
        marks = DirtyRange.objects.using(using).filter(since__lt=until)
        beyond = [DirtyRange(since=until, until=mark.until) for mark in marks.filter(until__gt=until)]
        marks.delete()
        DirtyRange.objects.using(using).bulk_create(beyond)
