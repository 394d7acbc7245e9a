"""One at a time, across threads, processes and, with a database server, across hosts."""

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from filelock import FileLock, Timeout

WAIT_SECONDS = 120


@contextmanager
def exclusive_lock(deed: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Hold the lock of a deed; who comes second waits, and a killed holder lets go at once.

    PostgreSQL: an advisory lock of this connection (of its transaction, when one is open), so hosts that share a database
    share the lock. Elsewhere: a locked file beside the database, shared by the processes of one host.
    Errors: OperationalError (PostgreSQL) or filelock.Timeout after two minutes of waiting.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        with _advisory_lock(connection, deed):
            yield
    else:
        with FileLock(_lock_file(connection, deed), timeout=WAIT_SECONDS, thread_local=False):
            yield


@contextmanager
def try_exclusive_lock(deed: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[bool]:
    """Hold the lock of a deed if it is free, and say whether it was; never waits."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        lock = FileLock(_lock_file(connection, deed), timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
        return
    key = _key(deed)
    with connection.cursor() as cursor:
        # In a statement of its own: whoever has the lock sees all that its last holder did.
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        [held] = cursor.fetchone()
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _key(deed: str) -> int:
    return zlib.crc32(f"statistics_app.{deed}".encode())


@contextmanager
def _advisory_lock(connection: BaseDatabaseWrapper, deed: str) -> Iterator[None]:
    key = _key(deed)
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            # Released by the end of the transaction: an unlock would fail in one that an error has spoilt.
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_SECONDS}s"])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            yield
            return
        cursor.execute("SET lock_timeout = %s", [f"{WAIT_SECONDS}s"])
        try:
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        finally:
            cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _lock_file(connection: BaseDatabaseWrapper, deed: str) -> str:
    name = str(connection.settings_dict["NAME"])
    path = Path(name)
    if not path.is_file():  # in memory, or a server of another make
        path = Path(tempfile.gettempdir()) / f"statistics-{zlib.crc32(name.encode()):08x}"
    return f"{path}.{deed}.lock"
