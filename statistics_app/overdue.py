"""Whether the latest snapshot is overdue, since when, why, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from celery import current_app

from . import broker
from .conf import setting
from .models import Installation, Snapshot
from .snapshots import slot_of

# A snapshot takes its time, and so do beat and worker until it is begun.
LEAST_GRACE_SECONDS = 60
GRACE_OF_INTERVAL = 0.1


class Reason(StrEnum):
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
    reason: Reason
    said: str
    to_do: str


def overdue(snapshot: Snapshot | None, now: datetime) -> Overdue | None:
    """Say why nothing followed the newest snapshot, or None while nothing has to; takes some two seconds at most.

    Where there is no snapshot at all, none is overdue.
    """
    if snapshot is None or now < due_at(snapshot):
        return None
    since = slot_of(snapshot.created_at) + timedelta(seconds=setting("INTERVAL"))
    if failure := Installation.objects.failure_after(snapshot.created_at):
        to_do = "The log has the details. `python manage.py generate_statistics` tries again at once."
        return Overdue(since, Reason.FAILED, failure, to_do)
    return Overdue(since, *_why_none_was_tried())


def due_at(snapshot: Snapshot) -> datetime:
    """Return the moment from which the next snapshot is overdue, if none comes before."""
    interval = setting("INTERVAL")
    return snapshot.created_at + timedelta(seconds=interval + max(LEAST_GRACE_SECONDS, interval * GRACE_OF_INTERVAL))


def _why_none_was_tried() -> tuple[Reason, str, str]:
    carriage = broker.carriage()
    if carriage.fault:
        return Reason.NO_BROKER, carriage.fault, "Start the broker, and see that Celery's setting `broker_url` leads to it."
    if not carriage.has_worker:
        return Reason.NO_WORKER, "No Celery worker answers.", f"Start one: `{_celery('worker')}`"
    return Reason.NO_BEAT, "A Celery worker answers, but beat sends it no task.", f"Start beat: `{_celery('beat')}`"


def _celery(program: str) -> str:
    return f"celery --app {current_app.main} {program}" if current_app.main else f"celery {program}"
