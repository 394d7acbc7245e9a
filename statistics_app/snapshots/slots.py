"""Slots: a snapshot is due at the beginning of each, and tried again while it lasts."""

from datetime import UTC, datetime, timedelta

from ..conf import setting

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
