"""Rebuild the past out of the times that the rows bear: one pass over them, the newest first."""

from collections.abc import Callable
from datetime import datetime

from django.db import router, transaction

from ..db.locks import exclusive_lock
from ..exceptions import ParameterError
from ..models import EventCoverage, EventRollup
from ..sources.base import ChatSource
from .coverage import event_coverage
from .event_rollup import LOCK_NAME, WINDOW, recount_window
from .steps import quarter_of

# Told how many seconds of the past are done, and how many there are in all.
Progress = Callable[[float, float], None]


def backfill_history(
    source: ChatSource,
    now: datetime,
    since: datetime | None = None,
    progress: Progress | None = None,
    until: datetime | None = None,
) -> int:
    """Count the events before those that are counted already, and return how many windows of time that were.

    `since` leaves older ones out; then totals are not rebuilt. `until` says up to when it is wanted, and may leave no hole.
    Each window is one transaction, so that what was interrupted goes on where it was.
    Errors: NotAnswered where the source knows no times, ParameterError for a hole.
    """
    using = router.db_for_write(EventRollup)
    first = source.first_event()
    windows = 0
    with exclusive_lock(LOCK_NAME, using):
        covered = event_coverage(now, using)
        if until is not None and quarter_of(until) < covered.since:
            counted = f"{covered.since:%Y-%m-%d %H:%M} UTC"
            raise ParameterError(f"Events are counted from {counted} on: what lies between would be a hole. Leave 'until' out.")
        earliest = quarter_of(first) if first and first < covered.since else covered.since
        begin = max(earliest, quarter_of(since)) if since else earliest
        whole = (covered.since - begin).total_seconds()
        while covered.since > begin:
            with transaction.atomic(using=using):
                window = max(covered.since - WINDOW, begin)
                recount_window(source, window, covered.since, using)
                covered.since = window
                covered.save(using=using, update_fields=["since"])
            windows += 1
            if progress:
                progress(whole - (covered.since - begin).total_seconds(), whole)
        EventCoverage.objects.using(using).update(is_complete=covered.since <= earliest)
    return windows
