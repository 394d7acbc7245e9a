"""Detection of an overdue snapshot: since when, for which reason, and how to fix it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..conf import setting
from ..models import Installation, Snapshot
from ..texts import Text
from ..texts import gettext_noop as _
from . import celery_status
from .slots import slot_of

# Taking a snapshot takes time, and so does its way through beat and the broker to a worker.
MIN_GRACE_SECONDS = 60
GRACE_FRACTION = 0.1
_SEE_LOG = _("See the log for details. `python manage.py generate_statistics` tries again immediately.")
# What a remote server refuses is said as it is, and the log has no more of it.
_AGAIN = _("It is tried again by itself. `python manage.py generate_statistics` tries again immediately.")


class OverdueReason(StrEnum):
    """The reason why a snapshot is missing."""

    FAILED = "failed"
    NO_BROKER = "no-broker"
    NO_WORKER = "no-worker"
    NO_BEAT = "no-beat"
    NO_SCHEDULER = "no-scheduler"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A missing snapshot: when it was due, the reason, an explanation and a remedy for people.

    `remedy` may contain code in backticks.
    """

    since: datetime
    reason: OverdueReason
    explanation: str
    remedy: str


def find_overdue(snapshot: Snapshot | None, now: datetime) -> Overdue | None:
    """Return why no snapshot has followed the newest one, or None if none is overdue yet; takes about two seconds at most.

    Without any snapshot, none is overdue.
    """
    if snapshot is None or now < overdue_at(snapshot):
        return None
    since = slot_of(snapshot.created_at) + timedelta(seconds=setting("INTERVAL"))
    if failure := Installation.objects.failure_after(snapshot.created_at):
        remedy = Text(_AGAIN if snapshot.is_reported else _SEE_LOG)
        return Overdue(since, OverdueReason.FAILED, failure, remedy)
    return Overdue(since, *_diagnose_celery())


def overdue_at(snapshot: Snapshot) -> datetime:
    """Return the time from which the next snapshot is overdue."""
    return snapshot.created_at + timedelta(seconds=setting("INTERVAL")) + grace()


def grace() -> timedelta:
    """Return by how much a snapshot may come after its time without being late."""
    return timedelta(seconds=max(MIN_GRACE_SECONDS, setting("INTERVAL") * GRACE_FRACTION))


def _diagnose_celery() -> tuple[OverdueReason, str, str]:
    """Return reason, explanation and remedy where no attempt was made: a part of Celery is not running, or not there."""
    status = celery_status.check()
    if not status.is_installed:
        return (
            OverdueReason.NO_SCHEDULER,
            Text(_("Nothing has taken a snapshot in time, and Celery is not installed.")),
            Text(
                _("Let cron, or another scheduler, run `python manage.py generate_statistics` at the beginning of each slot.")
            ),
        )
    if status.fault:
        return (
            OverdueReason.NO_BROKER,
            status.fault,
            Text(_("Start the broker, and check that Celery's setting `broker_url` points to it.")),
        )
    if not status.has_worker:
        remedy = Text(_("Start one: `%(command)s`"), command=_celery_command("worker"))
        return OverdueReason.NO_WORKER, Text(_("No Celery worker answers.")), remedy
    return (
        OverdueReason.NO_BEAT,
        Text(_("A Celery worker answers, but beat sends it no task.")),
        Text(_("Start beat: `%(command)s`"), command=_celery_command("beat")),
    )


def _celery_command(program: str) -> str:
    from celery import current_app  # noqa: PLC0415 - not every host has it

    return f"celery --app {current_app.main} {program}" if current_app.main else f"celery {program}"
