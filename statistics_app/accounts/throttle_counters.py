"""Counters in the cache, shared by all processes that share it; while it does not answer, each process counts for itself."""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache

logger = logging.getLogger(__name__)

# For so long the cache is not asked again after a failure, which may have been a wait for a time-out.
PAUSE_SECONDS = 5
# What the caches that are used most raise when they cannot be reached; by name, since importing redis takes long.
_CACHE_ERRORS = {"OSError", "RedisError"}
_MOST_OWN = 100_000


def cache_key(*parts: str) -> str:
    """Return a cache key for any texts; it is a hash, so that names and tokens are not stored in the cache."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"statistics_app:{digest}"


def increment(key: str, seconds: int, by: int = 1) -> int:
    """Add to a counter that expires after a number of seconds, and return its value; `by` if the cache stores nothing."""
    return _count(lambda counters: _increment_or_create(counters, key, seconds, by))


def decrement(key: str) -> None:
    """Subtract one from a counter."""
    _count(lambda counters: _add(counters, key, -1))


def claim(key: str, until: float, seconds: int) -> float | None:
    """Claim a key for a number of seconds and return None; if it is taken, return the `until` of the claim that holds it."""
    return _count(lambda counters: None if counters.add(key, until, seconds) else counters.get(key))


def set_flag(key: str, seconds: int) -> None:
    """Set a flag for a number of seconds."""
    _count(lambda counters: counters.set(key, 1, seconds))


def has_flag(key: str) -> bool:
    """Return whether a flag is set."""
    return bool(_count(lambda counters: counters.get(key)))


def delete(*keys: str) -> None:
    """Delete counters, claims and flags."""
    _count(lambda counters: counters.delete_many(keys))


def _increment_or_create(counters: Any, key: str, seconds: int, by: int) -> int:
    # The counter usually exists. If not, one of several concurrent callers creates it, and the others increment it.
    value = _add(counters, key, by)
    if value is None and not counters.add(key, by, seconds):
        value = _add(counters, key, by)
    return value or by


def _add(counters: Any, key: str, delta: int) -> int | None:
    try:
        return counters.incr(key, delta)
    except ValueError:
        return None


@dataclass
class Outage:
    """An outage of the shared cache, and the counters of this process meanwhile. Shared by the threads."""

    asked_again_at: float | None = None
    own: LocMemCache = field(default_factory=lambda: LocMemCache(__name__, {"OPTIONS": {"MAX_ENTRIES": _MOST_OWN}}))
    _lock: Lock = field(default_factory=Lock)

    def may_ask(self) -> bool:
        """Return whether to ask the shared cache: always, but during an outage only one thread, after each pause."""
        with self._lock:
            if self.asked_again_at is None:
                return True
            if time.monotonic() < self.asked_again_at:
                return False
            self.asked_again_at = time.monotonic() + PAUSE_SECONDS
            return True

    def begin(self) -> bool:
        """Record that the shared cache has failed, and return whether that is news."""
        with self._lock:
            is_news = self.asked_again_at is None
            self.asked_again_at = time.monotonic() + PAUSE_SECONDS
            return is_news

    def end(self) -> None:
        """Record that the shared cache has answered, and forget what was counted meanwhile."""
        with self._lock:
            was_away, self.asked_again_at = self.asked_again_at is not None, None
        if was_away:
            self.own.clear()
            logger.info("The cache answers again.")


outage = Outage()


def _count(operation: Callable[[Any], Any]) -> Any:
    """Return the result of an operation on the shared cache; while that cannot be reached, on the counters of this process."""
    if outage.may_ask():
        try:
            result = operation(cache)
        except Exception as error:  # other backends have errors of their own, and none of them may refuse a request
            if outage.begin():
                _log(error)
        else:
            outage.end()
            return result
    return operation(outage.own)


def _log(error: Exception) -> None:
    is_expected = not _CACHE_ERRORS.isdisjoint(kind.__name__ for kind in type(error).__mro__)
    message = "The cache does not answer, so each process counts for itself: %s"
    logger.warning(message, error, exc_info=None if is_expected else error)
