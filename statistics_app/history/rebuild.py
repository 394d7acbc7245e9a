"""Roll up again what was rolled up: for when somebody has changed snapshots, or the chat's tables behind everybody's back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import router, transaction

from ..conf import setting
from ..db.locks import exclusive_lock
from ..models import EventCoverage, GaugeRollup, Snapshot
from ..sources.base import ChatSource
from .event_rollup import mark_dirty, roll_up_events
from .gauge_rollup import LOCK_NAME, merge_snapshots
from .steps import hour_of

DAY = timedelta(days=1)
# Told how many days are done, and how many there are in all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many days of gauges, and how many windows of events, were rolled up again."""

    days: int
    windows: int


def rebuild_rollups(
    source: ChatSource,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress | None = None,
) -> Rebuilt:
    """Roll a range up again; by default all that can be.

    Gauges only of the days of which every snapshot is still kept: of older ones the rollup knows more than the snapshots.
    Each day is one transaction, so that what was interrupted can be done again.
    """
    until = min(until or now, now)
    days = list(_days(max(since, _kept_since(now)) if since else _kept_since(now), until))
    using = router.db_for_write(GaugeRollup)
    with exclusive_lock(LOCK_NAME, using):
        for number, (begin, end) in enumerate(days, 1):
            _rebuild_day(begin, end, using)
            if progress:
                progress(number, len(days))
    return Rebuilt(len(days), _rebuild_events(source, now, since, until, using))


def _kept_since(now: datetime) -> datetime:
    """Give the first full hour of which no snapshot was removed."""
    oldest = now - timedelta(days=setting("KEEP_SNAPSHOTS_DAYS")) + timedelta(hours=1)
    return hour_of(oldest)


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    begin = hour_of(since)
    while begin < until:
        yield begin, min(begin + DAY, hour_of(until) + timedelta(hours=1))
        begin += DAY


def _rebuild_day(begin: datetime, end: datetime, using: str) -> None:
    with transaction.atomic(using=using):
        GaugeRollup.objects.using(using).filter(hour__gte=begin, hour__lt=end).delete()
        snapshots = Snapshot.objects.using(using).filter(created_at__gte=begin, created_at__lt=end)
        merge_snapshots(snapshots.iterator(chunk_size=200), using)
        snapshots.update(is_rolled_up=True)


def _rebuild_events(source: ChatSource, now: datetime, since: datetime | None, until: datetime, using: str) -> int:
    covered = EventCoverage.objects.using(using).first()
    if covered is not None:
        begin, end = max(covered.since, since) if since else covered.since, min(until, covered.until)
        mark_dirty([(begin, end)] if begin < end else [], using)
    return roll_up_events(source, now)
