"""Roll events up: how much happened in each quarter of an hour, counted again wherever something changed."""

from collections.abc import Iterable, Iterator
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
# At most so much time is counted in one transaction.
WINDOW = timedelta(days=30)
# Where nobody notes which quarters change, those that may still change are counted again each time.
RECENT = timedelta(days=2)


def roll_up_events(source: ChatSource, now: datetime) -> int:
    """Count what is dirty again, and return how many windows of time that were; 0 where the source knows no times.

    Rows and marks of a window are one transaction: after a crash it is done again, or was done wholly.
    """
    using = router.db_for_write(EventRollup)
    with exclusive_lock(LOCK_NAME, using):
        covered = event_coverage(now, using)
        if not hand_over_changed_quarters(tallies_in_use(source), partial(_take, covered, now, using)):
            mark_dirty([(max(covered.since, covered.until - RECENT), now)], using)
        try:
            counted = sum(1 for _ in _counted_windows(source, using))
        except NotAnswered:
            DirtyRange.objects.using(using).all().delete()
            return 0
        EventCoverage.objects.using(using).update(until=now)
        return counted


def _take(covered: EventCoverage, now: datetime, using: str, numbers: set[int], everything: bool) -> None:
    """Mark what changed, of the time that is covered; where nothing had happened before that time, it begins earlier now."""
    changed = [quarter_at(number) for number in numbers]
    if covered.is_complete and changed and min(changed) < covered.since:
        covered.since = min(changed)
        covered.save(using=using, update_fields=["since"])
    mark_dirty([(quarter, quarter) for quarter in changed if covered.since <= quarter], using)
    if everything:
        mark_dirty([(covered.since, now)], using)


def mark_dirty(dirty: Iterable[tuple[datetime, datetime]], using: str) -> None:
    """Note that quarters have to be counted again: from the one that a time is in to the one that another is in."""
    rows = (DirtyRange(since=quarter_of(since), until=quarter_of(until) + QUARTER) for since, until in dirty)
    DirtyRange.objects.using(using).bulk_create(rows, batch_size=1000)


def recount_window(source: ChatSource, since: datetime, until: datetime, using: str) -> None:
    """Put what happens to be there now into the place of what was counted before; the caller holds a transaction."""
    events = EventRollup.objects.using(using)
    events.filter(quarter__gte=since, quarter__lt=until).delete()
    if source.using == using and (counted := getattr(source, "event_counts", None)):
        for rows in counted(since, until):
            events.take_from(rows)
    else:
        rows = (EventRollup(key=key, quarter=quarter, number=number) for key, quarter, number in source.events(since, until))
        events.bulk_create(rows, batch_size=1000)


def _counted_windows(source: ChatSource, using: str) -> Iterator[datetime]:
    """Count one window after the other until none is dirty."""
    dirty = DirtyRange.objects.using(using).order_by("since")
    while True:
        with transaction.atomic(using=using):
            first = dirty.first()
            if first is None:
                return
            end = first.since + WINDOW
            near = list(dirty.filter(since__lt=end))
            until = min(end, max(one.until for one in near))
            # The marks go first: what is marked again meanwhile stays.
            dirty.filter(pk__in=[one.pk for one in near]).delete()
            DirtyRange.objects.using(using).bulk_create(
                DirtyRange(since=end, until=one.until) for one in near if one.until > end
            )
            recount_window(source, first.since, until, using)
        yield first.since
