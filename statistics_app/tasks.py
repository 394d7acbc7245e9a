"""The doors that Celery opens: each makes one call."""

from typing import Any

from celery import shared_task
from celery.signals import beat_init, worker_ready, worker_shutting_down
from django.utils import timezone

from .accounts import tokens
from .history.event_rollup import roll_up_events
from .history.gauge_rollup import roll_up_gauges
from .snapshots import generation, retention
from .snapshots.schedule import AUDIT_TALLIES, GENERATE, PRUNE, PURGE_TOKENS, ROLL_UP
from .sources.loading import chat_source
from .tallies.audit import audit
from .tallies.fold_thread import FoldThread
from .tallies.source import tallied_source

_compactor = FoldThread()


@shared_task(name=GENERATE, ignore_result=True)
def generate_statistics() -> str | None:
    """Take the snapshot of the present slot; return its id, or None when it was there already."""
    taken = generation.generate_for_slot(timezone.now())
    return taken.pk if taken else None


@shared_task(name="statistics_app.generate_statistics_at_start", ignore_result=True)
def generate_statistics_at_start() -> str | None:
    """Take a snapshot when the newest is older than the interval."""
    taken = generation.generate_at_start(timezone.now())
    return taken.pk if taken else None


@shared_task(name=PURGE_TOKENS, ignore_result=True)
def purge_expired_tokens() -> int:
    """Remove the tokens that have expired; return how many."""
    return tokens.purge_expired_tokens(timezone.now())


@shared_task(name=ROLL_UP, ignore_result=True)
def roll_up_history() -> None:
    """Roll up what snapshots said, and what happened, since the last time."""
    roll_up_gauges()
    now = timezone.now()
    roll_up_events(chat_source(now), now)


@shared_task(name=PRUNE, ignore_result=True)
def prune_statistics() -> int:
    """Remove old snapshots but for one a day; return how many."""
    pruned = retention.prune_statistics(timezone.now())
    return pruned.removed if pruned else 0


@shared_task(name=AUDIT_TALLIES, ignore_result=True)
def audit_tallies() -> int:
    """Compare the running counts with counting, and repair them; return how many differences were found."""
    return audit(tallied_source(timezone.now()).tallies).differences


@worker_ready.connect
def on_worker_start(**_: Any) -> None:
    """Let a worker that comes up look whether a snapshot is overdue, and keep the ledgers short while it runs."""
    generate_statistics_at_start.delay()
    _compactor.start()


@worker_shutting_down.connect
def on_worker_end(**_: Any) -> None:
    """Fold no more."""
    _compactor.stop()


@beat_init.connect
def on_beat_start(**_: Any) -> None:
    """Let beat, back after an absence, take the slot that it comes back in."""
    generate_statistics.delay()
