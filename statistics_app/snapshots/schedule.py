"""The schedule: a snapshot is due at the beginning of every slot, or immediately if a slot was missed; other tasks for beat."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from celery.schedules import crontab, schedule

from ..conf import setting

GENERATE = "statistics_app.generate_statistics"
PURGE_TOKENS = "statistics_app.purge_expired_tokens"
AUDIT_TALLIES = "statistics_app.audit_tallies"
ROLL_UP = "statistics_app.roll_up_history"
PRUNE = "statistics_app.prune_statistics"
ROLL_UP_SECONDS = 300
# After a failure, a snapshot is tried again: soon at first, then later each time, and at least ten times an interval.
LEAST_RETRY_SECONDS, MOST_RETRY_SECONDS = 10, 300
# Up to this part of the time is added at random, so that what failed for many at once is not tried again by all at once.
JITTER = 0.25


def slot_of(now: datetime) -> datetime:
    """Return the beginning of the slot that contains `now`; slots begin at multiples of `INTERVAL` since 1970, UTC."""
    interval = setting("INTERVAL")
    return datetime.fromtimestamp(now.timestamp() // interval * interval, tz=UTC)


def retry_seconds(failures: int, now: datetime, least: float = 0, chance: float = 0) -> float | None:
    """Return after how many seconds a slot is tried again after some failures in a row; None if it is over by then.

    They are `least` or more, which is for how long the last error asks to wait. `chance` is a random number from 0 to 1.
    """
    interval = setting("INTERVAL")
    usual = min(LEAST_RETRY_SECONDS * 2.0 ** min(failures - 1, 10), MOST_RETRY_SECONDS, interval / 10)
    seconds = max(usual, least) * (1 + JITTER * chance)
    return seconds if slot_of(now + timedelta(seconds=seconds)) == slot_of(now) else None


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
