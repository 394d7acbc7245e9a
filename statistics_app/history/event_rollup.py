"""Rollup of events: the number in each quarter of an hour, recounted wherever rows have changed."""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime, timedelta
from functools import partial

from django.db import router, transaction

from ..db.locks import exclusive_lock
from ..exceptions import NotAnswered
from ..models import DirtyRange, EventCoverage, EventRollup
from ..sources.base import ChatSource
from ..sources.quarters import QUARTER
from ..tallies.changed_quarters import hand_over_changed_quarters
from ..tallies.source import tallies_in_use
from .coverage import event_coverage
from .steps import quarter_at, quarter_of

LOCK_NAME = "roll_up_events"
# The longest time range that one transaction counts.
WINDOW = timedelta(days=30)
# Without triggers that record which quarters change, the quarters of this most recent period are recounted on every run.
RECENT = timedelta(days=2)


def roll_up_events(source: ChatSource, now: datetime) -> int:
    """Recount all dirty quarters, and return the number of windows that were counted; 0 if the source has no timestamps.

    The rows of a window and the removal of its dirty ranges are one transaction: after a crash, a window is either complete
    or still dirty.
    """
    using, source = router.db_for_write(EventRollup), at_writer(source)
    with exclusive_lock(LOCK_NAME, using):
        coverage = event_coverage(now, using)
        if not hand_over_changed_quarters(tallies_in_use(source), partial(_mark_changed, coverage, now, using)):
            mark_dirty([(max(coverage.since, coverage.until - RECENT), now)], using)
        try:
            counted = sum(1 for _ in _counted_windows(source, using))
        except NotAnswered:
            DirtyRange.objects.using(using).all().delete()
            return 0
        EventCoverage.objects.using(using).update(until=now)
        return counted


def at_writer(source: ChatSource) -> ChatSource:
    """Return the source with the database that the chat writes to.

    A quarter that changed is recounted once; a replica that does not have the change yet would give the old number forever.
    """
    writer = tallies_in_use(source).using
    if source.using == writer:
        return source
    source = copy(source)
    source.using = writer
    return source


def _mark_changed(coverage: EventCoverage, now: datetime, using: str, numbers: set[int], all_changed: bool) -> None:
    """Mark the changed quarters within the covered time range as dirty.

    If there were no events before that range, it is first extended back to the earliest changed quarter.
    """
    changed = [quarter_at(number) for number in numbers]
    if coverage.is_complete and changed and min(changed) < coverage.since:
        coverage.since = min(changed)
        coverage.save(using=using, update_fields=["since"])
    mark_dirty([(quarter, quarter) for quarter in changed if coverage.since <= quarter], using)
    if all_changed:
        mark_dirty([(coverage.since, now)], using)


def mark_dirty(dirty: Iterable[tuple[datetime, datetime]], using: str) -> None:
    """Mark ranges of quarters to be recounted; each pair of times includes the quarters that contain them."""
    rows = (DirtyRange(since=quarter_of(since), until=quarter_of(until) + QUARTER) for since, until in dirty)
    DirtyRange.objects.using(using).bulk_create(rows, batch_size=1000)


def recount_window(source: ChatSource, since: datetime, until: datetime, using: str) -> None:
    """Replace the counts of a time range by counts of the current rows; the caller must hold a transaction."""
    events = EventRollup.objects.using(using)
    events.filter(quarter__gte=since, quarter__lt=until).delete()
    if source.using == using and (event_counts := getattr(source, "event_counts", None)):
        for rows in event_counts(since, until):
            events.take_from(rows)
    else:
        rows = (EventRollup(key=key, quarter=quarter, number=number) for key, quarter, number in source.events(since, until))
        events.bulk_create(rows, batch_size=1000)


def _counted_windows(source: ChatSource, using: str) -> Iterator[datetime]:
    """Recount one window after the other until no quarter is dirty, and yield the start of each."""
    dirty = DirtyRange.objects.using(using).order_by("since")
    while True:
        with transaction.atomic(using=using):
            first = dirty.first()
            if first is None:
                return
            end = first.since + WINDOW
            overlapping = list(dirty.filter(since__lt=end))
            until = min(end, max(dirty_range.until for dirty_range in overlapping))
            # The ranges are deleted before counting, so that quarters marked dirty in the meantime stay marked.
            dirty.filter(pk__in=[dirty_range.pk for dirty_range in overlapping]).delete()
            DirtyRange.objects.using(using).bulk_create(
                DirtyRange(since=end, until=dirty_range.until) for dirty_range in overlapping if dirty_range.until > end
            )
            recount_window(source, first.since, until, using)
        yield first.since
