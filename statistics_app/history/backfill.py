"""Back-fill of the history before the first snapshot from the timestamps in the chat's rows, newest first."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import router, transaction

from ..db.locks import exclusive_lock
from ..db.transactions import consistent_write
from ..exceptions import ParameterError
from ..models import EventCoverage, EventDay, EventRollup
from ..sources.base import ChatSource
from ..tallies.event_changes import Pending, pending_changes
from ..tallies.overrides import overridden
from ..tallies.source import tallies_of_events
from .active_days import add_days_in_rows
from .event_book import ByQuarter, EventBook
from .event_rollup import LOCK_NAME, WINDOW, at_writer, take_changes
from .reconciliation import note_unrecorded, reconcile
from .room_book import reconcile_rooms, rows_by_room
from .steps import quarter_at, quarter_number, quarter_of

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
        coverage = take_changes(source, now, using)
        if until is not None and quarter_of(until) < coverage.since:
            counted_since = f"{coverage.since:%Y-%m-%d %H:%M} UTC"
            raise ParameterError(
                f"Events are counted from {counted_since} onwards; an earlier 'until' would leave a gap. Omit 'until'."
            )
        earliest = quarter_of(first) if first and first < coverage.since else coverage.since
        start = max(earliest, quarter_of(since)) if since else earliest
        total = (coverage.since - start).total_seconds()
        while coverage.since > start:
            window_start = max(coverage.since - WINDOW, start)
            _count_window(source, window_start, coverage, now, using)
            windows += 1
            if progress:
                progress(total - (coverage.since - start).total_seconds(), total)
        EventCoverage.objects.using(using).update(is_complete=coverage.since <= earliest)
    return windows


def _count_window(source: ChatSource, since: datetime, coverage: EventCoverage, now: datetime, using: str) -> None:
    """Count the events from `since` until the covered time, and extend that, in one transaction."""
    # What the source tells of its events takes precedence over the queries of its declarations.
    has_queries = source.using == using and not overridden(type(source), ["events"])
    event_counts = getattr(source, "event_counts", None) if has_queries else None
    with consistent_write(using) if event_counts else transaction.atomic(using=using):
        # A removal at a time that was not covered: the row is not counted here either.
        EventRollup.objects.using(using).filter(quarter__gte=since, quarter__lt=coverage.since).delete()
        if event_counts:
            EventRollup.objects.using(using).take_from(event_counts(since, coverage.since))
            pending = _leave_pending(source, since, coverage.since, using)
            if (in_rooms := rows_by_room(source, since, coverage.since, pending.in_rooms)) is not None:
                reconcile_rooms(in_rooms, since, coverage.since, using)
        else:
            reconcile(source, since, coverage.since, now, using)
        add_days_in_rows(source, since, coverage.since, using)
        EventDay.objects.using(using).sum_up_between(since, coverage.since)
        coverage.since = since
        coverage.save(using=using, update_fields=["since"])


def _leave_pending(source: ChatSource, since: datetime, until: datetime, using: str) -> Pending:
    """Take the changes out again that are visible in the rows, and that the next roll-up will add; return them."""
    pending: ByQuarter = defaultdict(Counter)
    not_taken = pending_changes(tallies_of_events(source), quarter_number(since), quarter_number(until))
    note_unrecorded(not_taken.unrecorded, using)
    for key, quarter, number in not_taken.changes:
        pending[quarter_at(quarter)][key] += number
    for book, quarters in EventBook.each(pending, using):
        for moment in quarters:
            for key, number in pending[moment].items():
                book.add(key, moment, -number)
    return not_taken
