"""The schedule for Celery beat: a snapshot is due at the beginning of every slot, or immediately if a slot was missed."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from celery.schedules import crontab, schedule

from ..conf import setting
from .slots import slot_of
from .task_names import AUDIT_TALLIES, GENERATE, PRUNE, PURGE_TOKENS, ROLL_UP, ROLL_UP_SECONDS


class Due(NamedTuple):
    """What Celery expects from `is_due`: whether the task is due, and the number of seconds until the next check."""

    is_due: bool
    next: float


class EverySlot(schedule):
    """A Celery schedule that is due when a slot has begun since the last run; several missed slots make one run."""

    def __init__(self, run_every: timedelta | None = None, *args: Any, **options: Any) -> None:
        super().__init__(run_every or timedelta(seconds=setting("INTERVAL")), *args, **options)

    def is_due(self, last_run_at: datetime) -> Due:
        """Compare the slot of the last run with the current one."""
        now = datetime.now(tz=UTC)
        slot = slot_of(now)
        following = (slot + self.run_every - now).total_seconds()
        return Due(slot_of(last_run_at) < slot, max(following, 0.001))

    def __repr__(self) -> str:
        return f"<every slot of {self.run_every}>"


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return the app's entries for Celery beat: `app.conf.beat_schedule = {**yours, **beat_schedule()}`."""
    return {
        "generate-statistics": {
            "task": GENERATE,
            "schedule": EverySlot(),
            # A task that no worker has started within its slot is obsolete.
            "options": {"expires": setting("INTERVAL")},
        },
        # After that, the next task does the same work.
        "roll-up-history": {"task": ROLL_UP, "schedule": ROLL_UP_SECONDS, "options": {"expires": ROLL_UP_SECONDS}},
        "prune-statistics": {"task": PRUNE, "schedule": crontab(hour="2", minute="40")},
        "purge-expired-tokens": {"task": PURGE_TOKENS, "schedule": crontab(hour="3", minute="20")},
        "audit-tallies": {"task": AUDIT_TALLIES, "schedule": crontab(hour="4", minute="10", day_of_week="sun")},
    }
