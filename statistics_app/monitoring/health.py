"""Whether the app is ready: what it depends on, and whether snapshots are being taken."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import connections, router

from ..conf import setting
from ..db.failures import failure_of
from ..models import Snapshot
from ..probes.migrations import read_migration
from ..snapshots import celery_status
from ..sources.loading import chat_source
from ..tallies.installed import needs_installation
from ..tallies.source import tallied_source

logger = logging.getLogger(__name__)

# A snapshot may be this many intervals old.
MOST_INTERVALS = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One check by its name, with the problem that it has found, or an empty text."""

    name: str
    problem: str = ""


def readiness(now: datetime, without: Collection[str] = ()) -> list[Check]:
    """Run the checks, except some by name; none raises, and those that need a database that does not answer say so."""
    return [_run(name, partial(check, now)) for name, check in CHECKS.items() if name not in without]


def _run(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, check())
    except Exception as error:  # the host's source may raise anything
        if failure := failure_of(error):
            return Check(name, failure)
        logger.exception("The check of the %s failed.", name)
        return Check(name, f"{type(error).__name__}: see the log for details.")


def _database(_: datetime) -> str:
    with connections[router.db_for_write(Snapshot)].cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations(now: datetime) -> str:
    is_behind = read_migration(chat_source(now).app_labels())["locked"]
    return "Migrations are not applied: run `manage.py migrate`." if is_behind else ""


def _broker(_: datetime) -> str:
    status = celery_status.check()
    if not status.is_installed:  # the host does without: whether snapshots are taken is another check
        return ""
    return status.fault or ("" if status.has_worker else "No Celery worker answers.")


def _counts(now: datetime) -> str:
    defects = {name: defect for name, defect in tallied_source(now).defects.items() if needs_installation(defect)}
    return " ".join(f"The running count of {name} {defect}." for name, defect in defects.items())


def _snapshot(now: datetime) -> str:
    newest = Snapshot.objects.latest_taken()
    if newest is None:
        return "There is no snapshot yet."
    age = (now - newest.created_at).total_seconds()
    most = MOST_INTERVALS * setting("INTERVAL")
    return f"The newest snapshot is {age:,.0f} s old; {most:,} s is the most." if age > most else ""


CHECKS: dict[str, Callable[[datetime], str]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "counts": _counts,
    "snapshot": _snapshot,
}
