"""Named locks across threads and processes and, with a database server, across the machines that share the database."""

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
def exclusive_lock(name: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Hold the lock of this name; other callers wait, and the lock is released immediately if its holder is killed.

    PostgreSQL: an advisory lock of this connection (of its transaction, if one is open), so all machines that share a
    database share the lock. Elsewhere: a lock file next to the database, shared by the processes of one machine.
    Errors: OperationalError (PostgreSQL) or filelock.Timeout after two minutes of waiting.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        with _advisory_lock(connection, name):
            yield
    else:
        with FileLock(_lock_file(connection, name), timeout=WAIT_SECONDS, thread_local=False):
            yield


@contextmanager
def try_exclusive_lock(name: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[bool]:
    """Hold the lock of this name if it is free, and yield whether it was; never waits."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        lock = FileLock(_lock_file(connection, name), timeout=0, thread_local=False)
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
    key = _key(name)
    with connection.cursor() as cursor:
        # In a separate statement, so that later statements see everything that the previous holder has committed.
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        [acquired] = cursor.fetchone()
    try:
        yield acquired
    finally:
        if acquired:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _key(name: str) -> int:
    return zlib.crc32(f"statistics_app.{name}".encode())


@contextmanager
def _advisory_lock(connection: BaseDatabaseWrapper, name: str) -> Iterator[None]:
    key = _key(name)
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            # Released at the end of the transaction: an explicit unlock would fail if an error has aborted it.
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


def _lock_file(connection: BaseDatabaseWrapper, name: str) -> str:
    database = str(connection.settings_dict["NAME"])
    path = Path(database)
    if not path.is_file():  # in memory, or on a database server other than PostgreSQL
        path = Path(tempfile.gettempdir()) / f"statistics-{zlib.crc32(database.encode()):08x}"
    return f"{path}.{name}.lock"
