"""Retention of snapshots: all of the last days are kept, and of each earlier day the last one, forever."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import router, transaction
from django.db.models import F

from ..conf import setting
from ..db.locks import try_exclusive_lock
from ..history.gauge_rollup import roll_up_gauges
from ..models import FailedSlot, ImportedDocument, Installation, Snapshot, SnapshotDay
from ..models.snapshot import OLDEST_FIRST
from ..models.step_query import DAY

LOCK_NAME = "prune_statistics"
BATCH = 1000
IMPORTED_FIRST = (F("number").asc(nulls_first=True), *OLDEST_FIRST)


@dataclass(frozen=True, slots=True)
class Pruned:
    """The result of pruning: how many snapshots from before a time were removed, and how many are kept."""

    before: datetime
    removed: int
    kept: int


def prune_statistics(now: datetime) -> Pruned | None:
    """Remove snapshots older than `KEEP_SNAPSHOTS_DAYS` except the last of each day (UTC).

    Snapshots that are not in the history yet are rolled up first, and never removed before. Rows are deleted in batches, so
    that other transactions do not wait long. The failures of that time are removed too. Returns None if another process is
    already pruning.
    """
    using = router.db_for_write(Snapshot)
    before = now - timedelta(days=setting("KEEP_SNAPSHOTS_DAYS"))
    with try_exclusive_lock(LOCK_NAME, using) as acquired:
        if not acquired:
            return None
        roll_up_gauges()
        removed = sum(_remove_in_batches(before, using))
        FailedSlot.objects.using(using).filter(slot__lt=before).delete()
        Installation.objects.record_pruning(now)
    return Pruned(before, removed, Snapshot.objects.using(using).taken_before(before).count())


def _remove_in_batches(before: datetime, using: str) -> Iterator[int]:
    """Remove batch after batch, and yield the number of snapshots in each; of a day with own snapshots, an own one is kept."""
    old, days = Snapshot.objects.using(using).taken_before(before), SnapshotDay.objects.using(using)
    for day in list(days.filter(day__lt=before, number__gt=1).order_by("day").values_list("day", flat=True)):
        of_day = old.filter(created_at__gte=day, created_at__lt=day + DAY).rolled_up()
        surplus = list(of_day.order_by(*IMPORTED_FIRST).values_list("pk", flat=True))[:-1]
        for start in range(0, len(surplus), BATCH):
            yield _remove(surplus[start : start + BATCH], using)


def _remove(ids: Sequence[str], using: str) -> int:
    """Remove snapshots and note their ids, so that no import of a file that they were exported to brings them back."""
    with transaction.atomic(using=using):
        ImportedDocument.objects.using(using).bulk_create([ImportedDocument(id=one) for one in ids], ignore_conflicts=True)
        return Snapshot.objects.using(using).filter(pk__in=ids).delete()[0]
