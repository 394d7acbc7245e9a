"""Say from its start on that a server instance is alive: for the host's wsgi.py and asgi.py."""

from collections.abc import Callable
from typing import Any, TypeVar

from .probes.instances import heartbeat

Application = TypeVar("Application", bound=Callable[..., Any])


def announced(application: Application) -> Application:
    """Begin the heartbeat of this process and return its application unchanged.

    Without it an instance counts from its first request on.
    """
    heartbeat.start()
    return application
