"""Values that a process uses again for a moment, so that it need not ask the database for every request."""

import logging
import time
from collections.abc import Callable
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from .conf import setting
from .db.tenancy import Tenant, has_chosen_schema, tenant_of

logger = logging.getLogger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")

_distrust = Event()


def trust_seconds() -> float:
    """Return for how long a value may be used again; 0 if not at all."""
    return 0.0 if _distrust.is_set() else float(setting("TRUST_SECONDS"))


def distrust() -> None:
    """Use nothing again in this process, from now on."""
    if not _distrust.is_set() and setting("TRUST_SECONDS"):
        logger.warning("A session has chosen its schema itself, so TRUST_SECONDS is taken as 0; set it to 0 in the settings.")
    _distrust.set()


class Kept(Generic[Key, Value]):
    """At most `size` values, each kept for as long as the setting `TRUST_SECONDS` says; shared by the threads of a process.

    `model` is what the values come from; each tenant has its own. When a value is too old, one thread asks for it, and those
    that want it too wait for that answer.
    """

    def __init__(self, model: Any, size: int) -> None:
        self._model = model
        self._size = size
        self._values: dict[tuple[Tenant, Key], tuple[float, Value]] = {}
        self._asking: dict[tuple[Tenant, Key], Event] = {}
        self._lock = Lock()

    def get(self, key: Key, ask: Callable[[], Value | None]) -> Value | None:
        """Return the value if it was asked for recently enough, otherwise ask for it; None is returned and not kept.

        A value is as old as its question. An error of `ask` is raised; those that waited for it ask for themselves.
        """
        seconds = trust_seconds()
        if not seconds:
            return ask()
        place = tenant_of(self._model), key
        if (value := self._recent(place, seconds)) is not None:
            return value
        with self._lock:
            answered = self._asking.get(place)
            if answered is None:
                self._asking[place] = Event()
        if answered is None:
            try:
                return self._ask(place, ask)
            finally:
                self._asking.pop(place).set()
        answered.wait()
        value = self._recent(place, seconds)
        return self._ask(place, ask) if value is None else value

    def last(self, key: Key) -> Value | None:
        """Return the value, however old it is; None if there is none, or if nothing may be used again."""
        _, value = self._values.get((tenant_of(self._model), key), (0.0, None))
        return value if trust_seconds() else None

    def expire(self) -> None:
        """Ask for every value again."""
        with self._lock:
            self._values = {place: (float("-inf"), value) for place, (_, value) in self._values.items()}

    def clear(self) -> None:
        """Remove all values."""
        with self._lock:
            self._values.clear()

    def _recent(self, place: tuple[Tenant, Key], seconds: float) -> Value | None:
        asked_at, value = self._values.get(place, (0.0, None))
        return value if value is not None and time.monotonic() - asked_at < seconds else None

    def _ask(self, place: tuple[Tenant, Key], ask: Callable[[], Value | None]) -> Value | None:
        asked_at = time.monotonic()
        value = ask()
        if value is None:
            return None
        if has_chosen_schema(self._model):
            distrust()
            return value
        with self._lock:
            self._values.pop(place, None)
            while len(self._values) >= self._size:  # the one that was asked for first
                del self._values[next(iter(self._values))]
            self._values[place] = asked_at, value
        return value
