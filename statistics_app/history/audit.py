"""The audit of the running counts together with the history of events, which the same triggers maintain."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import router

from ..db.locks import exclusive_lock
from ..exceptions import NotAnswered
from ..models import EventRollup, TallyAudit
from ..models.tally_audit import MAX_FINDINGS
from ..sources.base import ChatSource
from ..sources.quarters import PLAUSIBLE
from ..tallies.audit import Finding, audit, summed_up
from ..tallies.source import tallies_in_use
from .active_days import add_days_in_rows
from .event_rollup import LOCK_NAME, at_writer, reconcile_dirty, take_changes, windows
from .reconciliation import EventDifference, reconcile

logger = logging.getLogger(__name__)


def audit_all(source: ChatSource, now: datetime, report: Callable[[str], Any] = str) -> TallyAudit:
    """Audit all running counts and all events while writes go on, repair what differs, and store the findings.

    `report` is called with a line for each count, and for the events. Errors: NotInstalled when a repair does not get its locks
    in time.
    """
    found = audit(tallies_in_use(source), report)
    try:
        differences = list(audit_events(source, now))
    except NotAnswered as error:
        report(f"events: not compared: {error}")
        return found
    report(f"events: {len(differences) or 'no'} difference{'' if len(differences) == 1 else 's'}")
    findings = [_finding(difference) for difference in differences]
    for name, what in summed_up(findings):
        logger.warning("The history of %s was wrong: %s.", name, what)
    if findings:
        found.differences += len(findings)
        found.findings = [*found.findings, *map(asdict, findings)][:MAX_FINDINGS]
        found.repaired = True
        found.save()
    return found


def audit_events(source: ChatSource, now: datetime) -> Iterator[EventDifference]:
    """Compare the rows of every quarter with what happened in it less what was removed, and book the differences.

    What triggers recorded is taken first, and what they could not see, such as a TRUNCATE, is reconciled first, so that neither
    is a difference. Errors: NotAnswered when the source has no timestamps.
    """
    using, source = router.db_for_write(EventRollup), at_writer(source)
    with exclusive_lock(LOCK_NAME, using):
        since = take_changes(source, now, using).since
        for _ in reconcile_dirty(source, now, using):
            pass
        for window in windows(since, PLAUSIBLE[1], now):
            if differences := reconcile(source, *window, now, using):
                # Where events were missing, so may be their authors.
                add_days_in_rows(source, *window, using)
                yield from differences


def _finding(difference: EventDifference) -> Finding:
    key = f"events of {difference.quarter:%Y-%m-%d %H:%M} UTC"
    return Finding(difference.kind, key, difference.expected, difference.found)
