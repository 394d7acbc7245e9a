"""The heartbeat of this server instance, and the count of those that are heard."""

import atexit
import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DatabaseError, connection

from ..conf import setting
from ..models import Instance
from ..serialization import make_id

Application = TypeVar("Application", bound=Callable[..., Any])

logger = logging.getLogger(__name__)

# A row that was silent for so long says nothing to anyone.
FORGET_SECONDS = 3600
# How long the last beat may take before the goodbye is said without it.
GOODBYE_SECONDS = 2


def count_instances() -> int:
    """Count the serving processes that were heard within three heartbeats."""
    return Instance.objects.alive(setting("HEARTBEAT_SECONDS")).count()


class Heartbeat:
    """Beats one row for this process, in a daemon thread; one that is forked off begins its own."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._key = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def start(self) -> None:
        """Begin to beat; in a process that beats already this does nothing."""
        if self._pid == os.getpid():
            return
        with self._guard:
            if self._pid == os.getpid():
                return
            self._pid, self._key, self._stop = os.getpid(), make_id(), threading.Event()
            self._thread = threading.Thread(target=self._run, name="statistics-heartbeat", daemon=True)
            self._thread.start()
            atexit.register(self.stop)

    def stop(self) -> None:
        """Say goodbye: a server that ends in order is gone from the count at once."""
        if self._pid != os.getpid() or self._stop.is_set():
            return
        self._stop.set()
        if self._thread is not None:
            self._thread.join(GOODBYE_SECONDS)
        self._write(self._forget)

    def _run(self) -> None:
        stop = self._stop
        self._write(lambda: Instance.objects.silent_for(FORGET_SECONDS).delete())
        while not stop.is_set():
            self._write(lambda: Instance.objects.all().beat(self._key, host=socket.gethostname(), pid=os.getpid()))
            stop.wait(setting("HEARTBEAT_SECONDS"))

    def _forget(self) -> None:
        Instance.objects.filter(pk=self._key).delete()

    @staticmethod
    def _write(deed: Callable[[], object]) -> None:
        try:
            deed()
        except DatabaseError as error:
            # The database may be away or not migrated yet; the next beat tries again.
            logger.warning("The heartbeat of this instance was not written: %s", error)
        except Exception:  # the thread has to outlive whatever a beat runs into
            logger.exception("The heartbeat of this instance was not written.")
        finally:
            # Between two beats nothing is held.
            connection.close()


heartbeat = Heartbeat()


def with_heartbeat(application: Application) -> Application:
    """Begin the heartbeat of this process and return its application unchanged.

    A server that forks after it loaded the application calls this again in each child (gunicorn's `post_fork`).
    """
    heartbeat.start()
    return application
