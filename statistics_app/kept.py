"""Values that a process uses again for a moment, so that it need not ask the database for every request."""

import time
from threading import Lock
from typing import Generic, TypeVar

from .conf import setting

Key = TypeVar("Key")
Value = TypeVar("Value")


def trust_seconds() -> float:
    """Return for how long a value may be used again; 0 if not at all."""
    return float(setting("TRUST_SECONDS"))


class Kept(Generic[Key, Value]):
    """At most `size` values, each kept for as long as the setting `TRUST_SECONDS` says; shared by the threads of a process."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: dict[Key, tuple[float, Value]] = {}
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        """Return the value if it was asked for recently enough, otherwise None."""
        asked_at, value = self._values.get(key, (0.0, None))
        return value if value is not None and time.monotonic() - asked_at < trust_seconds() else None

    def put(self, key: Key, value: Value, asked_at: float) -> None:
        """Keep a value that was asked for at a time of the monotonic clock: it can be older than the answer."""
        with self._lock:
            self._values.pop(key, None)
            while len(self._values) >= self._size:  # the one that was put first
                del self._values[next(iter(self._values))]
            self._values[key] = asked_at, value

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._values.clear()
