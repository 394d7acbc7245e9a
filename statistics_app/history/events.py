"""Roll events up: how much happened in each quarter of an hour, counted again wherever something changed."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import router, transaction

from ..exceptions import NotAnswered
from ..locks import one_at_a_time
from ..models import DirtyQuarter, EventCoverage, EventRollup
from ..sources.base import ChatSource
from .steps import QUARTER, quarter_of

DEED = "roll_up_events"
# At most so much time is counted in one transaction.
WINDOW = timedelta(days=30)
# Where nobody notes which quarters change, those that may still change are counted again each time.
RECENT = timedelta(days=2)


def roll_up_events(source: ChatSource, now: datetime) -> int:
    """Count what is dirty again, and return how many windows of time that were; 0 where the source knows no times.

    Rows and marks of a window are one transaction: after a crash it is done again, or was done wholly.
    """
    using = router.db_for_write(EventRollup)
    with one_at_a_time(DEED, using):
        covered = coverage(now, using)
        mark(quarters(max(covered.since, covered.until - RECENT), now + QUARTER), using)
        try:
            counted = sum(1 for _ in _counted_windows(source, using))
        except NotAnswered:
            return 0
        EventCoverage.objects.using(using).update(until=now)
        return counted


def coverage(now: datetime, using: str) -> EventCoverage:
    """Say of which time events are counted; the first time it begins now."""
    begin = quarter_of(now)
    defaults = {"since": begin, "measured_since": begin, "until": begin}
    return EventCoverage.objects.using(using).get_or_create(pk=1, defaults=defaults)[0]


def quarters(since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the beginnings of the quarters from the one that `since` is in up to `until`, left out."""
    quarter = quarter_of(since)
    while quarter < until:
        yield quarter
        quarter += QUARTER


def mark(dirty: Iterable[datetime], using: str) -> None:
    """Note that quarters have to be counted again."""
    rows = (DirtyQuarter(quarter=quarter) for quarter in dirty)
    DirtyQuarter.objects.using(using).bulk_create(rows, ignore_conflicts=True, batch_size=500)


def count_window(source: ChatSource, since: datetime, until: datetime, using: str) -> None:
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
    dirty = DirtyQuarter.objects.using(using).order_by("quarter")
    while True:
        with transaction.atomic(using=using):
            first = dirty.values_list("quarter", flat=True).first()
            if first is None:
                return
            within = dirty.filter(quarter__lt=first + WINDOW)
            last = within.values_list("quarter", flat=True).last()
            assert last is not None
            # The marks go first: what is marked again meanwhile stays.
            within.delete()
            count_window(source, first, last + QUARTER, using)
        yield first
