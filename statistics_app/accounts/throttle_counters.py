"""Counters in the cache: shared by all processes that share the cache, and never in the way where it is away."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# What caches raise that cannot be reached; of Django's own only Redis has an error of its own.
CACHE_ERRORS = (RedisError, OSError)


def cache_key(*parts: str) -> str:
    """Make a key out of anything: callers' names and tokens never rest in the cache."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"statistics_app:{digest}"


def increment(key: str, seconds: int) -> int:
    """Add one to a counter that lives for so long, and return it; 1 where the cache keeps nothing."""
    return _asked(lambda: _count_up(key, seconds), otherwise=1)


def decrement(key: str) -> None:
    """Take one back."""
    _asked(lambda: _changed(key, -1), otherwise=None)


def claim(key: str, until: float, seconds: int) -> float | None:
    """Claim a key for so long and return None, or return until when another has it."""
    return _asked(lambda: None if cache.add(key, until, seconds) else cache.get(key), otherwise=None)


def set_flag(key: str, seconds: int) -> None:
    """Keep a mark for so long."""
    _asked(lambda: cache.set(key, 1, seconds), otherwise=None)


def has_flag(key: str) -> bool:
    """Say whether a mark is there."""
    return bool(_asked(lambda: cache.get(key), otherwise=None))


def delete(*keys: str) -> None:
    """Remove counters, claims and marks."""
    _asked(lambda: cache.delete_many(keys), otherwise=None)


def _count_up(key: str, seconds: int) -> int:
    # The counter is mostly there; where it is not, one of those who come at once makes it.
    counted = _changed(key, 1)
    if counted is None and not cache.add(key, 1, seconds):
        counted = _changed(key, 1)
    return counted or 1


def _changed(key: str, by: int) -> int | None:
    try:
        return cache.incr(key, by)
    except ValueError:
        return None


def _asked(question: Callable[[], Any], *, otherwise: Any) -> Any:
    try:
        return question()
    except CACHE_ERRORS as error:
        logger.warning("The cache does not answer, so nothing is counted: %s", error)
        return otherwise
