"""The heartbeat of this server instance, and the number of running instances."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize
from typing import Any, TypeVar

from django.db import DatabaseError, connections, router

from ..conf import setting
from ..models import Instance
from ..serialization import make_id
from .responses import responses

Application = TypeVar("Application", bound=Callable[..., Any])

logger = logging.getLogger(__name__)

# Rows of instances without a heartbeat for this time are removed.
FORGET_SECONDS = 3600
# How long to wait for a heartbeat in progress before the row is removed.
STOP_SECONDS = 2


def count_instances() -> int:
    """Return the number of server processes that were updated within the last three heartbeats."""
    return Instance.objects.alive(setting("HEARTBEAT_SECONDS")).count()


class Heartbeat:
    """A daemon thread that regularly updates the row of this process; a forked process gets its own row and thread."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._key = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the thread, unless it is already running in this process."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid == os.getpid():
                return
            self._pid, self._key, self._stop = os.getpid(), make_id(), threading.Event()
            self._thread = threading.Thread(target=self._run, name="statistics-heartbeat", daemon=True)
            self._thread.start()
            # At the end of this process, also one that `multiprocessing` has started, which runs no handlers of `atexit`.
            Finalize(None, self.stop, exitpriority=0)

    def stop(self) -> None:
        """Stop the thread and remove the row, so that a server that shuts down normally is no longer counted."""
        if self._pid != os.getpid() or self._stop.is_set():
            return
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        self._write(self._remove_row)

    def _run(self) -> None:
        stop = self._stop
        self._write(lambda: Instance.objects.silent_for(FORGET_SECONDS).delete())
        while not stop.is_set():
            self._write(self._beat)
            stop.wait(setting("HEARTBEAT_SECONDS"))

    def _beat(self) -> None:
        counts = responses.by_status()
        Instance.objects.all().beat(self._key, host=socket.gethostname(), pid=os.getpid(), responses=counts)

    def _remove_row(self) -> None:
        Instance.objects.filter(pk=self._key).delete()

    @staticmethod
    def _write(operation: Callable[[], object]) -> None:
        try:
            operation()
        except DatabaseError as error:
            # The database may be unavailable or not migrated yet; the next heartbeat tries again.
            logger.warning("The heartbeat of this instance was not written: %s", error)
        except Exception:  # no error may end the thread
            logger.exception("The heartbeat of this instance was not written.")
        finally:
            # No connection is held open between two heartbeats.
            connections[router.db_for_write(Instance)].close()


heartbeat = Heartbeat()


def with_heartbeat(application: Application) -> Application:
    """Start the heartbeat of this process and return the application unchanged.

    A server that forks after loading the application has to call this again in each child (gunicorn's `post_fork`).
    """
    heartbeat.start()
    return application
