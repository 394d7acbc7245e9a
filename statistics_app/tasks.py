"""Celery tasks and signal handlers; each calls one function of the app."""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery import Task, shared_task
from celery.signals import beat_init, task_failure, worker_ready, worker_shutting_down
from django.db import Error
from django.utils import timezone

from .accounts import tokens
from .exceptions import NotNow
from .history.audit import audit_all
from .history.event_rollup import roll_up_events
from .history.gauge_rollup import roll_up_gauges
from .models import FailedTask, Snapshot
from .snapshots import generation, retention
from .snapshots.slots import retry_seconds
from .snapshots.task_names import AUDIT_TALLIES, GENERATE, PRUNE, PURGE_TOKENS, ROLL_UP
from .sources.loading import chat_source
from .tallies.fold_thread import FoldThread

logger = logging.getLogger(__name__)

_fold_thread = FoldThread()


@shared_task(bind=True, name=GENERATE, ignore_result=True, max_retries=None)
def generate_statistics(task: Task) -> str | None:
    """Take the snapshot of the current slot; return its id, or None if the slot already has one."""
    return _take_or_retry(task, generation.generate_for_slot)


@shared_task(bind=True, name="statistics_app.generate_statistics_at_start", ignore_result=True, max_retries=None)
def generate_statistics_at_start(task: Task) -> str | None:
    """Take a snapshot if the newest is older than the interval; return its id, or None."""
    return _take_or_retry(task, generation.generate_at_start)


def _take_or_retry(task: Task, take: Callable[[datetime], Snapshot | None]) -> str | None:
    """Return the id of the snapshot that a function takes; after an error, try again while the slot lasts."""
    try:
        snapshot = take(timezone.now())
    except Exception as error:
        least = error.seconds if isinstance(error, NotNow) else 0
        seconds = retry_seconds(task.request.retries + 1, timezone.now(), least, random.random())  # noqa: S311 - not a secret
        if seconds is None:
            raise
        raise task.retry(exc=error, countdown=seconds) from error
    return snapshot.pk if snapshot else None


@shared_task(name=PURGE_TOKENS, ignore_result=True)
def purge_expired_tokens() -> int:
    """Remove expired tokens and return their number."""
    return tokens.purge_expired_tokens(timezone.now())


@shared_task(name=ROLL_UP, ignore_result=True)
def roll_up_history() -> None:
    """Roll up the gauges and events that are not in the history yet."""
    roll_up_gauges()
    now = timezone.now()
    roll_up_events(chat_source(now), now)


@shared_task(name=PRUNE, ignore_result=True)
def prune_statistics() -> int:
    """Remove old snapshots except one per day, and return the number removed."""
    pruned = retention.prune_statistics(timezone.now())
    return pruned.removed if pruned else 0


@shared_task(name=AUDIT_TALLIES, ignore_result=True)
def audit_tallies() -> int:
    """Compare the running counts and the history with the rows, repair them, and return the number of differences."""
    now = timezone.now()
    return audit_all(chat_source(now), now).differences


@worker_ready.connect
def on_worker_start(**_: Any) -> None:
    """Take a snapshot if it is due when a worker starts, and start the thread that folds the ledgers."""
    generate_statistics_at_start.delay()
    _fold_thread.start()


@worker_shutting_down.connect
def on_worker_end(**_: Any) -> None:
    """Stop the thread that folds the ledgers when a worker shuts down."""
    _fold_thread.stop()


@task_failure.connect
def on_task_failure(sender: Any = None, exception: BaseException | None = None, **_: Any) -> None:
    """Count a failure of one of the app's tasks; Celery logs the traceback."""
    if not sender.name.startswith("statistics_app."):
        return
    try:
        FailedTask.objects.record(sender.name, timezone.now(), f"{type(exception).__name__}: {exception}")
    except Error as error:  # the database may be what has failed
        logger.warning("The failure of a task could not be recorded: %s", error)


@beat_init.connect
def on_beat_start(**_: Any) -> None:
    """Take the snapshot of the current slot when beat starts, since beat may have missed its beginning."""
    generate_statistics.delay()
