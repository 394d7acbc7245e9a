"""Values that a process uses again for a moment, so that it need not ask the database for every request."""

import time
from collections.abc import Callable
from threading import Event, Lock
from typing import Generic, TypeVar

from .conf import setting

Key = TypeVar("Key")
Value = TypeVar("Value")


def trust_seconds() -> float:
    """Return for how long a value may be used again; 0 if not at all."""
    return float(setting("TRUST_SECONDS"))


class Kept(Generic[Key, Value]):
    """At most `size` values, each kept for as long as the setting `TRUST_SECONDS` says; shared by the threads of a process.

    When a value is too old, one thread asks for it, and those that want it too wait for that answer.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: dict[Key, tuple[float, Value]] = {}
        self._asking: dict[Key, Event] = {}
        self._lock = Lock()

    def get(self, key: Key, ask: Callable[[], Value | None]) -> Value | None:
        """Return the value if it was asked for recently enough, otherwise ask for it; None is returned and not kept.

        A value is as old as its question. An error of `ask` is raised; those that waited for it ask for themselves.
        """
        if not trust_seconds():
            return ask()
        if (value := self._recent(key)) is not None:
            return value
        with self._lock:
            answered = self._asking.get(key)
            if answered is None:
                self._asking[key] = Event()
        if answered is None:
            try:
                return self._ask(key, ask)
            finally:
                self._asking.pop(key).set()
        answered.wait()
        value = self._recent(key)
        return self._ask(key, ask) if value is None else value

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._values.clear()

    def _recent(self, key: Key) -> Value | None:
        asked_at, value = self._values.get(key, (0.0, None))
        return value if value is not None and time.monotonic() - asked_at < trust_seconds() else None

    def _ask(self, key: Key, ask: Callable[[], Value | None]) -> Value | None:
        asked_at = time.monotonic()
        value = ask()
        if value is not None:
            with self._lock:
                self._values.pop(key, None)
                while len(self._values) >= self._size:  # the one that was asked for first
                    del self._values[next(iter(self._values))]
                self._values[key] = asked_at, value
        return value
