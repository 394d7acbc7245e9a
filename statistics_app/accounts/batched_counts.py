"""Counts of requests that each process adds to the shared counters a few at a time."""

import time
from dataclasses import dataclass
from threading import Lock

from ..kept import trust_seconds
from . import throttle_counters

MOST_KEPT = 10_000
# At most this part of what is left of a limit is counted in one process alone: up to 32 processes never let through more than
# twice the limit, and near its end every request is counted by all.
SHARE = 32


@dataclass(slots=True)
class _Count:
    """What all processes had counted when this one last added its own requests, and those that it has not added yet."""

    shared: int = 0
    own: int = 0
    added_at: float = float("-inf")


class BatchedCounts:
    """Counters for limits; shared by the threads of a process."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._lock = Lock()

    def add(self, key: str, limit: int, seconds: int, *, exactly: bool = False) -> int:
        """Count one request, and return the number of all that are known of; the shared counter expires after some seconds.

        A request is counted `exactly` if all processes count it; beyond the limit, none needs to.
        """
        now = time.monotonic()
        with self._lock:
            count = self._counts.get(key) or self._create(key)
            count.own += 1
            known = count.shared + count.own
            is_soon_enough = not exactly and now - count.added_at < trust_seconds()
            if count.shared > limit or (is_soon_enough and count.own * SHARE <= limit - known):
                return known
            own, count.own = count.own, 0
            count.shared += own
            count.added_at = now
        count.shared = throttle_counters.increment(key, seconds, own)
        return count.shared

    def take_back(self, key: str) -> None:
        """Subtract a request that was counted exactly."""
        with self._lock:
            if count := self._counts.get(key):
                count.shared -= 1
        throttle_counters.decrement(key)

    def clear(self) -> None:
        """Forget all counts, those too that no other process knows of."""
        with self._lock:
            self._counts.clear()

    def _create(self, key: str) -> _Count:
        while len(self._counts) >= MOST_KEPT:  # the oldest: most likely of a window that is over
            del self._counts[next(iter(self._counts))]
        return self._counts.setdefault(key, _Count())
