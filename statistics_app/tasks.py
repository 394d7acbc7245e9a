"""The doors that Celery opens: each makes one call."""

from typing import Any

from celery import shared_task
from celery.signals import beat_init, worker_ready
from django.utils import timezone

from . import snapshots, tokens
from .schedules import PURGE_TOKENS, TASK


@shared_task(name=TASK, ignore_result=True)
def generate_statistics() -> str | None:
    """Take the snapshot of the present slot; return its id, or None when it was there already."""
    taken = snapshots.generate_for_slot(timezone.now())
    return taken.pk if taken else None


@shared_task(name="statistics_app.generate_statistics_at_start", ignore_result=True)
def generate_statistics_at_start() -> str | None:
    """Take a snapshot when the newest is older than the interval."""
    taken = snapshots.generate_at_start(timezone.now())
    return taken.pk if taken else None


@shared_task(name=PURGE_TOKENS, ignore_result=True)
def purge_expired_tokens() -> int:
    """Remove the tokens that have expired; return how many."""
    return tokens.purge_expired_tokens(timezone.now())


@worker_ready.connect
def on_worker_start(**_: Any) -> None:
    """Let a worker that comes up look whether a snapshot is overdue."""
    generate_statistics_at_start.delay()


@beat_init.connect
def on_beat_start(**_: Any) -> None:
    """Let beat, back after an absence, take the slot that it comes back in."""
    generate_statistics.delay()
