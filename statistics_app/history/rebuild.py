"""Rebuilding of the rollups, for when snapshots were edited, or chat tables were changed while no trigger recorded it."""

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
# Called with the number of days that are done, and with the total.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """The number of days of gauges and of windows of events that were rebuilt."""

    days: int
    windows: int


def rebuild_rollups(
    source: ChatSource,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress | None = None,
) -> RebuildResult:
    """Rebuild the rollups of a time range; by default, of all times that can be rebuilt.

    Gauges are rebuilt only for the period whose snapshots are all retained: older rollups hold data of deleted snapshots.
    Each day is one transaction, so that an interrupted run can be repeated.
    """
    until = min(until or now, now)
    days = list(_days(max(since, _kept_since(now)) if since else _kept_since(now), until))
    using = router.db_for_write(GaugeRollup)
    for number, (start, end) in enumerate(days, 1):
        # The lock is released after each day, so that new snapshots can be rolled up in between.
        with exclusive_lock(LOCK_NAME, using):
            _rebuild_day(start, end, using)
        if progress:
            progress(number, len(days))
    return RebuildResult(len(days), _rebuild_events(source, now, since, until, using))


def _kept_since(now: datetime) -> datetime:
    """Return the start of the first hour from which retention has not removed any snapshot."""
    oldest = now - timedelta(days=setting("KEEP_SNAPSHOTS_DAYS")) + timedelta(hours=1)
    return hour_of(oldest)


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    start = hour_of(since)
    while start < until:
        yield start, min(start + DAY, hour_of(until) + timedelta(hours=1))
        start += DAY


def _rebuild_day(start: datetime, end: datetime, using: str) -> None:
    with transaction.atomic(using=using):
        GaugeRollup.objects.using(using).filter(hour__gte=start, hour__lt=end).delete()
        snapshots = Snapshot.objects.using(using).filter(created_at__gte=start, created_at__lt=end)
        merge_snapshots(snapshots.iterator(chunk_size=200), using)
        snapshots.update(is_rolled_up=True)


def _rebuild_events(source: ChatSource, now: datetime, since: datetime | None, until: datetime, using: str) -> int:
    coverage = EventCoverage.objects.using(using).first()
    if coverage is not None:
        start, end = max(coverage.since, since) if since else coverage.since, min(until, coverage.until)
        mark_dirty([(start, end)] if start < end else [], using)
    return roll_up_events(source, now)
