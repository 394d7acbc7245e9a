"""Whether the latest snapshot is overdue, since when, why, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from celery import current_app

from ..conf import setting
from ..models import Installation, Snapshot
from . import celery_status
from .schedule import slot_of

# A snapshot takes its time, and so do beat and worker until it is begun.
LEAST_GRACE_SECONDS = 60
GRACE_OF_INTERVAL = 0.1


class OverdueReason(StrEnum):
    """Why no snapshot came."""

    FAILED = "failed"
    NO_BROKER = "no-broker"
    NO_WORKER = "no-worker"
    NO_BEAT = "no-beat"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A snapshot that did not come: when it was due, why, and in sentences for people what happened and what to do.

    `to_do` may hold code in backticks.
    """

    since: datetime
    reason: OverdueReason
    said: str
    to_do: str


def find_overdue(snapshot: Snapshot | None, now: datetime) -> Overdue | None:
    """Say why nothing followed the newest snapshot, or None while nothing has to; takes some two seconds at most.

    Where there is no snapshot at all, none is overdue.
    """
    if snapshot is None or now < overdue_at(snapshot):
        return None
    since = slot_of(snapshot.created_at) + timedelta(seconds=setting("INTERVAL"))
    if failure := Installation.objects.failure_after(snapshot.created_at):
        to_do = "The log has the details. `python manage.py generate_statistics` tries again at once."
        return Overdue(since, OverdueReason.FAILED, failure, to_do)
    return Overdue(since, *_why_none_was_tried())


def overdue_at(snapshot: Snapshot) -> datetime:
    """Return the moment from which the next snapshot is overdue, if none comes before."""
    interval = setting("INTERVAL")
    return snapshot.created_at + timedelta(seconds=interval + max(LEAST_GRACE_SECONDS, interval * GRACE_OF_INTERVAL))


def _why_none_was_tried() -> tuple[OverdueReason, str, str]:
    carriage = celery_status.check()
    if carriage.fault:
        return (
            OverdueReason.NO_BROKER,
            carriage.fault,
            "Start the broker, and see that Celery's setting `broker_url` leads to it.",
        )
    if not carriage.has_worker:
        return OverdueReason.NO_WORKER, "No Celery worker answers.", f"Start one: `{_celery('worker')}`"
    return OverdueReason.NO_BEAT, "A Celery worker answers, but beat sends it no task.", f"Start beat: `{_celery('beat')}`"


def _celery(program: str) -> str:
    return f"celery --app {current_app.main} {program}" if current_app.main else f"celery {program}"
