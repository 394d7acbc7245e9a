"""Rebuilding of the rollups, for when snapshots were edited, or chat tables were changed while no trigger recorded it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import router, transaction
from django.db.models import F, Sum

from ..conf import setting
from ..db.locks import exclusive_lock
from ..models import EventDay, EventRollup, GaugeDay, GaugeRollup, Snapshot, SnapshotDay
from ..models.step_query import midnight_of
from ..sources.base import ChatSource
from ..sources.event_kinds import REMOVAL, EventKind
from ..sources.quarters import PLAUSIBLE
from .event_rollup import LOCK_NAME as EVENTS_LOCK_NAME
from .event_rollup import at_writer, mark_dirty, reconcile_dirty, take_changes
from .gauge_rollup import LOCK_NAME, merge_snapshots
from .metrics import GAUGES
from .room_book import forget_removed_in_rooms
from .steps import HOUR, hour_of

DAY = timedelta(days=1)
# Called with the number of days that are done, and with the total.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """The number of days of gauges and of windows of events that were rebuilt.

    `removed` is the number of messages that are gone, which only the rollups know of.
    """

    days: int
    windows: int
    removed: int


def rebuild_rollups(
    source: ChatSource,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress | None = None,
    *,
    forget_removed: bool = False,
) -> RebuildResult:
    """Rebuild the rollups of a time range; by default, of all times that can be rebuilt.

    Gauges are rebuilt only for the period whose snapshots are all retained: older rollups hold data of deleted snapshots.
    Events are reconciled with the rows. What is known of rows that were removed stays, unless it is to be forgotten.
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
    with exclusive_lock(LOCK_NAME, using):
        SnapshotDay.objects.using(using).sum_up_all()
    windows, removed = _rebuild_events(source, now, since, until, using, forget_removed=forget_removed)
    return RebuildResult(len(days), windows, removed)


def _kept_since(now: datetime) -> datetime:
    """Return the start of the first hour from which retention has not removed any snapshot."""
    oldest = now - timedelta(days=setting("KEEP_SNAPSHOTS_DAYS")) + timedelta(hours=1)
    return hour_of(oldest)


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    start = hour_of(since)
    while start < until:
        yield start, min(start + DAY, hour_of(until) + HOUR)
        start += DAY


def _rebuild_day(start: datetime, end: datetime, using: str) -> None:
    with transaction.atomic(using=using):
        keys = [metric.key for metric in GAUGES]
        GaugeRollup.objects.using(using).filter(key__in=keys, hour__gte=start, hour__lt=end).delete()
        days = [midnight_of(start), midnight_of(end - HOUR)]
        GaugeDay.objects.using(using).filter(key__in=keys, day__in=days).delete()
        snapshots = Snapshot.objects.using(using).filter(created_at__gte=start, created_at__lt=end)
        merge_snapshots(snapshots.iterator(chunk_size=200), using)
        GaugeDay.objects.using(using).sum_up(days, keys)
        snapshots.update(is_rolled_up=True)
        SnapshotDay.objects.using(using).sum_up(days)


def _rebuild_events(
    source: ChatSource, now: datetime, since: datetime | None, until: datetime, using: str, *, forget_removed: bool
) -> tuple[int, int]:
    """Reconcile the events with the rows, and return the numbers of windows and of removed messages in the history."""
    source = at_writer(source)
    with exclusive_lock(EVENTS_LOCK_NAME, using):
        coverage = take_changes(source, now, using)
        if forget_removed:
            _forget_removed(using)
        start = max(coverage.since, since) if since else coverage.since
        mark_dirty([(start, until)] if start < until else [], using)
        windows = sum(1 for _ in reconcile_dirty(source, now, using))
        EventDay.objects.using(using).sum_up_between(start, until)
    messages = EventRollup.objects.using(using).filter(key__startswith=EventKind.MESSAGES)
    return windows, messages.aggregate(removed=Sum("removed", default=0))["removed"]


def _forget_removed(using: str) -> None:
    """Leave only the events whose rows are there."""
    events = EventRollup.objects.using(using)
    with transaction.atomic(using=using):
        events.filter(key__startswith=REMOVAL).delete()
        events.update(number=F("number") - F("removed") + F("moved"), removed=0, moved=0)
        EventDay.objects.using(using).sum_up_between(*PLAUSIBLE)
        forget_removed_in_rooms(using)
