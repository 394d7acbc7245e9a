"""Say that a server instance is alive: for the host's wsgi.py and asgi.py."""

from collections.abc import Callable
from typing import Any, TypeVar

from .probes.instances import heartbeat

Application = TypeVar("Application", bound=Callable[..., Any])


def announced(application: Application) -> Application:
    """Begin the heartbeat of this process and return its application unchanged.

    A server that forks after it loaded the application calls this again in each child (gunicorn's `post_fork`).
    """
    heartbeat.start()
    return application
