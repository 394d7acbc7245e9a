"""A cache whose server is gone, with an error of its own, as those of memcached's clients are."""

from typing import Any

from django.core.cache.backends.base import BaseCache


class ServerGone(Exception):
    """What the client raises."""


class FailingCache(BaseCache):
    """Fails at every operation."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise ServerGone("No servers available.")

    add = get = set = touch = delete = incr = delete_many = has_key = _fail

    def clear(self) -> None:
        """Do nothing: tests clear every cache before they begin."""
