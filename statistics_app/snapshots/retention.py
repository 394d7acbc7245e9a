"""Keep the snapshots of the last days, and of all days before one each, for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import router

from ..conf import setting
from ..db.locks import try_exclusive_lock
from ..history.gauge_rollup import roll_up_gauges
from ..models import Snapshot

LOCK_NAME = "prune_statistics"
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Pruned:
    """What retention did with the snapshots from before a moment: how many it removed, and how many are still there."""

    before: datetime
    removed: int
    kept: int


def prune_statistics(now: datetime) -> Pruned | None:
    """Remove snapshots older than `KEEP_SNAPSHOTS_DAYS` but for the last of each day (UTC); None when another is at it.

    What the history does not know yet is rolled up first, and never removed before. It goes in batches, so nobody waits.
    """
    using = router.db_for_write(Snapshot)
    before = now - timedelta(days=setting("KEEP_SNAPSHOTS_DAYS"))
    with try_exclusive_lock(LOCK_NAME, using) as alone:
        if not alone:
            return None
        roll_up_gauges()
        removed = sum(_removals(before, using))
    return Pruned(before, removed, Snapshot.objects.using(using).taken_before(before).count())


def _removals(before: datetime, using: str) -> Iterator[int]:
    """Remove batch after batch, and yield how many each was."""
    old = Snapshot.objects.using(using).taken_before(before)
    for day in old.days_with_several():
        of_the_day = list(old.taken_on(day).rolled_up().order_by("created_at", "pk").values_list("pk", flat=True))
        spare = of_the_day[:-1]
        for start in range(0, len(spare), BATCH):
            yield Snapshot.objects.using(using).filter(pk__in=spare[start : start + BATCH]).delete()[0]
