"""Counters in the cache: shared by all processes that share the cache; if it is unavailable, nothing is counted."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

logger = logging.getLogger(__name__)

# What the caches that are used most raise when they cannot be reached; by name, since importing redis takes long.
_CACHE_ERRORS = {"OSError", "RedisError"}


def cache_key(*parts: str) -> str:
    """Return a cache key for any texts; it is a hash, so that names and tokens are not stored in the cache."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"statistics_app:{digest}"


def increment(key: str, seconds: int, by: int = 1) -> int:
    """Add to a counter that expires after a number of seconds, and return its value; `by` if the cache stores nothing."""
    return _guarded(lambda: _increment_or_create(key, seconds, by), default=by)


def decrement(key: str) -> None:
    """Subtract one from a counter."""
    _guarded(lambda: _add(key, -1), default=None)


def claim(key: str, until: float, seconds: int) -> float | None:
    """Claim a key for a number of seconds and return None; if it is taken, return the `until` of the claim that holds it."""
    return _guarded(lambda: None if cache.add(key, until, seconds) else cache.get(key), default=None)


def set_flag(key: str, seconds: int) -> None:
    """Set a flag for a number of seconds."""
    _guarded(lambda: cache.set(key, 1, seconds), default=None)


def has_flag(key: str) -> bool:
    """Return whether a flag is set."""
    return bool(_guarded(lambda: cache.get(key), default=None))


def delete(*keys: str) -> None:
    """Delete counters, claims and flags."""
    _guarded(lambda: cache.delete_many(keys), default=None)


def _increment_or_create(key: str, seconds: int, by: int) -> int:
    # The counter usually exists. If not, one of several concurrent callers creates it, and the others increment it.
    value = _add(key, by)
    if value is None and not cache.add(key, by, seconds):
        value = _add(key, by)
    return value or by


def _add(key: str, delta: int) -> int | None:
    try:
        return cache.incr(key, delta)
    except ValueError:
        return None


def _guarded(operation: Callable[[], Any], *, default: Any) -> Any:
    """Return the result of a cache operation, or the default if the cache cannot be reached."""
    try:
        return operation()
    except Exception as error:  # other backends have errors of their own, and none of them may refuse a request
        is_expected = not _CACHE_ERRORS.isdisjoint(kind.__name__ for kind in type(error).__mro__)
        if is_expected:
            logger.warning("The cache does not answer, so nothing is counted: %s", error)
        else:
            logger.exception("The cache does not answer, so nothing is counted.")
    return default
