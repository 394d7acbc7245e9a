"""Rollup of snapshots: minimum, maximum, last value, sum and count of each gauge by hour and by day."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import router, transaction

from ..db.locks import exclusive_lock
from ..models import GaugeDay, GaugeRollup, Snapshot, SnapshotDay
from ..models.step_query import midnight_of
from .metrics import GAUGES
from .steps import HOUR, hour_of

LOCK_NAME = "roll_up_gauges"
BATCH = 500

RollupKey = tuple[str, datetime]


def roll_up_gauges() -> int:
    """Roll up every snapshot that has not been rolled up yet, and return their number.

    The rollups of a batch and the flags of its snapshots are written in one transaction, so a crash loses or repeats nothing.
    """
    using = router.db_for_write(Snapshot)
    rolled_up = 0
    with exclusive_lock(LOCK_NAME, using):
        while True:
            with transaction.atomic(using=using):
                batch = list(Snapshot.objects.using(using).not_rolled_up()[:BATCH])
                merge_snapshots(batch, using)
                Snapshot.objects.using(using).filter(pk__in=[snapshot.pk for snapshot in batch]).update(is_rolled_up=True)
                SnapshotDay.objects.using(using).sum_up(midnight_of(snapshot.created_at) for snapshot in batch)
            rolled_up += len(batch)
            if len(batch) < BATCH:
                return rolled_up


def merge_snapshots(snapshots: Iterable[Snapshot], using: str) -> None:
    """Add snapshots to the rollups of their hours and days; the caller must hold the lock and a transaction.

    In an hour with snapshots that were taken here, imported ones do not count: theirs may be the numbers of another server.
    Only in the hour that lasts can one be rolled up before the first is taken; then it counts until the history is rebuilt.
    """
    rollups: dict[RollupKey, GaugeRollup] = {}
    for snapshot in _without_superseded(snapshots, using):
        for metric in GAUGES:
            if (value := metric.value_in(snapshot.document)) is not None:
                _merge(rollups, GaugeRollup(
                    key=metric.key, hour=hour_of(snapshot.created_at), least=value, greatest=value, last=value,
                    last_at=snapshot.created_at, total=value, count=1,
                ))  # fmt: skip
    # Both columns of the key are named, so that each row is found by the index, however many hours of history there are.
    keys, hours = {key for key, _ in rollups}, {hour for _, hour in rollups}
    for stored in GaugeRollup.objects.using(using).filter(key__in=keys, hour__in=hours):
        if stored.pk in rollups:
            _merge(rollups, stored)
    GaugeRollup.objects.using(using).store(rollups.values())
    GaugeDay.objects.using(using).sum_up(map(midnight_of, hours), keys)


def _without_superseded(snapshots: Iterable[Snapshot], using: str) -> Iterator[Snapshot]:
    """Yield the snapshots without those that were imported for an hour in which one was taken, be it in the history or not."""
    taken = Snapshot.objects.using(using).taken()
    is_taken: dict[datetime, bool] = {}
    for snapshot in snapshots:
        if snapshot.is_imported:
            hour = hour_of(snapshot.created_at)
            if hour not in is_taken:
                is_taken[hour] = taken.filter(created_at__gte=hour, created_at__lt=hour + HOUR).exists()
            if is_taken[hour]:
                continue
        yield snapshot


def _merge(rollups: dict[RollupKey, GaugeRollup], other: GaugeRollup) -> None:
    """Merge a rollup into the one that is collected for the same key and hour, if any."""
    merged = rollups.setdefault((other.key, other.hour), other)
    if merged is other:
        return
    merged.least = min(merged.least, other.least)
    merged.greatest = max(merged.greatest, other.greatest)
    if other.last_at >= merged.last_at:
        merged.last, merged.last_at = other.last, other.last_at
    merged.total += other.total
    merged.count += other.count
