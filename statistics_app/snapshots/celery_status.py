"""Ask Celery whether its broker and a worker are there: in two seconds at most, and not anew for every reader."""

import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from celery import Celery, current_app
from django.core.cache.backends.locmem import LocMemCache

LIMIT_SECONDS = 2.0
# What hangs ends by itself as well, so that no thread is left behind.
SOCKET_SECONDS = 1.5
PING_SECONDS = 1.0
KEPT_SECONDS = 30
MOST_TEXT = 300

_PATIENCE: dict[str, dict[str, Any]] = {
    "redis": {"socket_timeout": SOCKET_SECONDS, "socket_connect_timeout": SOCKET_SECONDS},
    "amqp": {"read_timeout": SOCKET_SECONDS, "write_timeout": SOCKET_SECONDS},
}


@dataclass(frozen=True, slots=True)
class CeleryStatus:
    """Who is there to carry a task and to do it: `fault` is what is wrong with the broker, if anything is."""

    has_worker: bool = False
    fault: str = ""


class StatusCheck:
    """Looks once for all threads of this process that want to know, and keeps for a while what it saw.

    It is kept in the process: the shared cache may be the very Redis that does not answer.
    """

    def __init__(self) -> None:
        self._kept = LocMemCache(__name__, {})
        self._guard = threading.Lock()
        self._under_way: Future[CeleryStatus] | None = None

    def look(self) -> CeleryStatus:
        """Say who is there; never raises."""
        kept: CeleryStatus | None = self._kept.get("seen")
        if kept is not None:
            return kept
        try:
            return self._begun().result(LIMIT_SECONDS)
        except TimeoutError:
            hangs = CeleryStatus(fault=f"The broker does not answer within {LIMIT_SECONDS:g} s.")
            self._keep(hangs)
            return hangs

    def forget(self) -> None:
        """Look again the next time."""
        self._kept.clear()

    def _begun(self) -> "Future[CeleryStatus]":
        with self._guard:
            if self._under_way is None or self._under_way.done():
                self._under_way = Future()
                # The current app is the caller's thread's.
                asked = (current_app._get_current_object(), self._under_way)
                threading.Thread(target=self._run, args=asked, name="statistics-broker", daemon=True).start()
            return self._under_way

    def _run(self, app: Celery, answer: "Future[CeleryStatus]") -> None:
        seen = _ask(app)
        self._keep(seen)
        answer.set_result(seen)

    def _keep(self, seen: CeleryStatus) -> None:
        self._kept.set("seen", seen, KEPT_SECONDS)


def _ask(app: Celery) -> CeleryStatus:
    try:
        connection = app.connection_for_write(connect_timeout=SOCKET_SECONDS)
        address = connection.as_uri()
    except Exception as error:  # its text may hold a part of the address, and so of the password
        return CeleryStatus(fault=f"The broker's address cannot be read ({type(error).__name__}).")
    try:
        _make_impatient(connection)
        return CeleryStatus(has_worker=_has_worker(app, connection))
    except FileNotFoundError:  # where a folder carries the tasks, worker and beat make it: neither has run yet
        return CeleryStatus()
    except Exception as error:  # whatever the transport raises: the broker cannot be used
        return CeleryStatus(fault=f"The broker {address} cannot be used: {_told(error, connection)}")
    finally:
        with suppress(Exception):  # it may be away by now
            connection.release()


def _has_worker(app: Celery, connection: Any) -> bool:
    """Ping all workers and wait for the first that answers."""
    mailbox = app.control.mailbox(connection)
    mailbox.producer_pool = None  # its connections wait for ever, and may be older than what happened to the broker
    return bool(mailbox.multi_call("ping", limit=1, timeout=PING_SECONDS))


def _make_impatient(connection: Any) -> None:
    """Let each of the broker's addresses be tried once, and nothing wait without end."""
    patience = _PATIENCE.get(connection.get_transport_cls().driver_type, {})
    connection.transport_options |= {**patience, "max_retries": max(len(connection.alt) - 1, 0)}


def _told(error: Exception, connection: Any) -> str:
    """Tell an error in one line, without the password."""
    text = " ".join(str(error).split()) or type(error).__name__
    password = connection.password
    if isinstance(password, str) and password:  # it may be a function as well
        text = text.replace(password, "**")
    return text[:MOST_TEXT]


_look = StatusCheck()
check = _look.look
clear = _look.forget
