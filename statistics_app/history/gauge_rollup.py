"""Roll snapshots up: each gauge's least, greatest, last, sum and count by the hour."""

from collections.abc import Iterable
from datetime import datetime

from django.db import router, transaction

from ..db.locks import exclusive_lock
from ..models import GaugeRollup, Snapshot
from .metrics import GAUGES
from .steps import hour_of

LOCK_NAME = "roll_up_gauges"
BATCH = 500

Place = tuple[str, datetime]


def roll_up_gauges() -> int:
    """Roll up every snapshot that is not yet, and return how many that were.

    Sums and marks of a batch are one transaction: after a crash it is done again, or was done wholly.
    """
    using = router.db_for_write(Snapshot)
    rolled_up = 0
    with exclusive_lock(LOCK_NAME, using):
        while True:
            with transaction.atomic(using=using):
                batch = list(Snapshot.objects.using(using).not_rolled_up()[:BATCH])
                merge_snapshots(batch, using)
                Snapshot.objects.using(using).filter(pk__in=[snapshot.pk for snapshot in batch]).update(is_rolled_up=True)
            rolled_up += len(batch)
            if len(batch) < BATCH:
                return rolled_up


def merge_snapshots(snapshots: Iterable[Snapshot], using: str) -> None:
    """Add snapshots to the hours that they are in; the caller holds the lock and a transaction."""
    found: dict[Place, GaugeRollup] = {}
    for snapshot in snapshots:
        for metric in GAUGES:
            if (value := metric.value_in(snapshot.document)) is not None:
                place = metric.key, hour_of(snapshot.created_at)
                _add(found, place, GaugeRollup(
                    key=place[0], hour=place[1], least=value, greatest=value, last=value, last_at=snapshot.created_at,
                    total=value, count=1,
                ))  # fmt: skip
    hours = {hour for _, hour in found}
    for known in GaugeRollup.objects.using(using).filter(hour__in=hours):
        if known.pk in found:
            _add(found, known.pk, known)
    GaugeRollup.objects.using(using).bulk_create(
        found.values(),
        update_conflicts=True,
        unique_fields=["key", "hour"],
        update_fields=["least", "greatest", "last", "last_at", "total", "count"],
        batch_size=1000,
    )


def _add(found: dict[Place, GaugeRollup], place: Place, more: GaugeRollup) -> None:
    """Put two parts of an hour together."""
    so_far = found.get(place)
    if so_far is None:
        found[place] = more
        return
    so_far.least = min(so_far.least, more.least)
    so_far.greatest = max(so_far.greatest, more.greatest)
    if more.last_at >= so_far.last_at:
        so_far.last, so_far.last_at = more.last, more.last_at
    so_far.total += more.total
    so_far.count += more.count
