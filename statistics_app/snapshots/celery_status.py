"""The status of Celery's broker and workers: checked within two seconds, and cached, so that not every request checks again."""

import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache.backends.locmem import LocMemCache

from ..optional import has_celery
from ..texts import Text
from ..texts import gettext_noop as _

if TYPE_CHECKING:
    from celery import Celery

LIMIT_SECONDS = 2.0
# Shorter than the limit, so that a hanging check ends by itself and leaves no thread behind.
SOCKET_SECONDS = 1.5
PING_SECONDS = 1.0
CACHE_SECONDS = 30
MAX_TEXT_LENGTH = 300

_TIMEOUTS: dict[str, dict[str, Any]] = {
    "redis": {"socket_timeout": SOCKET_SECONDS, "socket_connect_timeout": SOCKET_SECONDS},
    "amqp": {"read_timeout": SOCKET_SECONDS, "write_timeout": SOCKET_SECONDS},
}


@dataclass(frozen=True, slots=True)
class CeleryStatus:
    """Whether a worker answers, and in `fault` what is wrong with the broker, if anything."""

    has_worker: bool = False
    fault: str = ""
    is_installed: bool = True


class StatusCheck:
    """A check that runs once for all threads of this process that wait for it, and whose result is cached.

    The result is cached in the process: the shared cache may be the very Redis that does not answer.
    """

    def __init__(self) -> None:
        self._cache = LocMemCache(__name__, {})
        self._lock = threading.Lock()
        self._running: Future[CeleryStatus] | None = None

    def check(self) -> CeleryStatus:
        """Return the status, from the cache or by a new check; never raises."""
        if not has_celery():
            return CeleryStatus(is_installed=False)
        cached: CeleryStatus | None = self._cache.get("status")
        if cached is not None:
            return cached
        try:
            return self._start_or_join().result(LIMIT_SECONDS)
        except TimeoutError:
            status = CeleryStatus(
                fault=Text(_("The broker does not answer within %(seconds)s s."), seconds=f"{LIMIT_SECONDS:g}")
            )
            self._store(status)
            return status

    def clear(self) -> None:
        """Clear the cache, so that the next call checks again."""
        self._cache.clear()

    def _start_or_join(self) -> "Future[CeleryStatus]":
        from celery import current_app  # noqa: PLC0415 - not every host has it

        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                # Resolved here, because the current app depends on the thread.
                arguments = (current_app._get_current_object(), self._running)
                threading.Thread(target=self._run, args=arguments, name="statistics-broker", daemon=True).start()
            return self._running

    def _run(self, app: "Celery", future: "Future[CeleryStatus]") -> None:
        status = _fetch_status(app)
        self._store(status)
        future.set_result(status)

    def _store(self, status: CeleryStatus) -> None:
        self._cache.set("status", status, CACHE_SECONDS)


def _fetch_status(app: "Celery") -> CeleryStatus:
    try:
        connection = app.connection_for_write(connect_timeout=SOCKET_SECONDS)
        address = connection.as_uri()
    except Exception as error:  # its text may contain a part of the address, and so of the password
        return CeleryStatus(fault=Text(_("The broker's address cannot be read (%(error)s)."), error=type(error).__name__))
    try:
        _set_timeouts(connection)
        return CeleryStatus(has_worker=_has_worker(app, connection))
    except FileNotFoundError:  # a file system broker, whose folder worker and beat create: neither has run yet
        return CeleryStatus()
    except Exception as error:  # whatever the transport raises: the broker cannot be used
        form = _("The broker %(address)s cannot be used: %(error)s")
        return CeleryStatus(fault=Text(form, address=address, error=_describe(error, connection)))
    finally:
        with suppress(Exception):  # the broker may be unavailable by now
            connection.release()


def _has_worker(app: "Celery", connection: Any) -> bool:
    """Ping all workers and return whether one answers; the first answer ends the wait."""
    mailbox = app.control.mailbox(connection)
    mailbox.producer_pool = None  # its connections have no timeout, and may have been opened before the broker failed
    return bool(mailbox.multi_call("ping", limit=1, timeout=PING_SECONDS))


def _set_timeouts(connection: Any) -> None:
    """Make the connection try each of the broker's addresses once, with a timeout."""
    timeouts = _TIMEOUTS.get(connection.get_transport_cls().driver_type, {})
    connection.transport_options |= {**timeouts, "max_retries": max(len(connection.alt) - 1, 0)}


def _describe(error: Exception, connection: Any) -> str:
    """Return an error's message in one line, without the password."""
    text = " ".join(str(error).split()) or type(error).__name__
    password = connection.password
    if isinstance(password, str) and password:  # it may also be a function
        text = text.replace(password, "**")
    return text[:MAX_TEXT_LENGTH]


_status_check = StatusCheck()
check = _status_check.check
clear = _status_check.clear
