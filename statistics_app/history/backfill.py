"""Back-fill of the history before the first snapshot from the timestamps in the chat's rows, newest first."""

from collections.abc import Callable
from datetime import datetime

from django.db import router, transaction

from ..db.locks import exclusive_lock
from ..exceptions import ParameterError
from ..models import EventCoverage, EventRollup
from ..sources.base import ChatSource
from .coverage import event_coverage
from .event_rollup import LOCK_NAME, WINDOW, at_writer, recount_window
from .steps import quarter_of

# Called with the number of seconds of history that are done, and with the total.
Progress = Callable[[float, float], None]


def backfill_history(
    source: ChatSource,
    now: datetime,
    since: datetime | None = None,
    progress: Progress | None = None,
    until: datetime | None = None,
) -> int:
    """Count the events before the covered time range, and return the number of windows that were counted.

    `since` excludes older events; totals are then not rebuilt. `until` is the end of the requested range; it must not leave a
    gap before the covered range. Each window is one transaction, so that an interrupted run continues where it stopped.
    Errors: NotAnswered when the source has no timestamps, ParameterError when there would be a gap.
    """
    using, source = router.db_for_write(EventRollup), at_writer(source)
    first = source.first_event()
    windows = 0
    with exclusive_lock(LOCK_NAME, using):
        coverage = event_coverage(now, using)
        if until is not None and quarter_of(until) < coverage.since:
            counted_since = f"{coverage.since:%Y-%m-%d %H:%M} UTC"
            raise ParameterError(
                f"Events are counted from {counted_since} onwards; an earlier 'until' would leave a gap. Omit 'until'."
            )
        earliest = quarter_of(first) if first and first < coverage.since else coverage.since
        start = max(earliest, quarter_of(since)) if since else earliest
        total = (coverage.since - start).total_seconds()
        while coverage.since > start:
            with transaction.atomic(using=using):
                window_start = max(coverage.since - WINDOW, start)
                recount_window(source, window_start, coverage.since, using)
                coverage.since = window_start
                coverage.save(using=using, update_fields=["since"])
            windows += 1
            if progress:
                progress(total - (coverage.since - start).total_seconds(), total)
        EventCoverage.objects.using(using).update(is_complete=coverage.since <= earliest)
    return windows
