"""Named locks across threads and processes and, with PostgreSQL, across the machines that share the database."""

import tempfile
import threading
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .failures import is_lock_not_available
from .transactions import release_connections

WAIT_SECONDS = 120
# A transaction for locks is idle for as long as they are held, and waits for longer than other statements may. Not every
# version of PostgreSQL has all of these settings.
_UNLIMITED = """
SELECT set_config(name, CASE name WHEN 'lock_timeout' THEN %s ELSE '0' END, true) FROM pg_settings
WHERE name IN ('lock_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout', 'transaction_timeout')"""

# Threads of one process wait here, where that takes no connection; only the first of them waits in the database.
_of_this_process: defaultdict[tuple[str, str], threading.RLock] = defaultdict(threading.RLock)
_held = threading.local()


class NotFree(OperationalError):
    """A lock that was not free in time."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(f"The lock '{name}' was not free within {seconds:g} s.")


@contextmanager
def exclusive_lock(name: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Hold the lock of this name; other callers wait, and the lock is released immediately if its holder is killed.

    PostgreSQL: an advisory lock, so all machines that share a database share the lock. It belongs to a transaction: to the
    caller's, if one is open, else to one on a connection of its own; so it also works with a pooler that gives every
    transaction another session. A thread that waits for another one of its process has no connection open. Elsewhere: a lock
    file next to the database, shared by the processes of one machine.
    Errors: NotFree after two minutes of waiting.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        with _file_lock(_lock_file(connection, name), WAIT_SECONDS) as acquired:
            if not acquired:
                raise NotFree(name, WAIT_SECONDS)
            yield
    elif connection.in_atomic_block:
        _wait(connection, name)
        yield
    else:
        with turn(name, using), _transaction_for_locks(connection) as holder:
            _take(holder, name)
            yield


@contextmanager
def try_exclusive_lock(name: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[bool]:
    """Hold the lock of this name if it is free, and yield whether it was; never waits."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        with _file_lock(_lock_file(connection, name), 0) as acquired:
            yield acquired
    elif connection.in_atomic_block:
        yield try_lock_in_transaction(connection, name)
    else:
        with _transaction_for_locks(connection) as holder:
            yield try_lock_in_transaction(holder, name)


@contextmanager
def turn(name: str, using: str = DEFAULT_DB_ALIAS, seconds: float | None = None) -> Iterator[None]:
    """Wait for the other threads of this process that want the lock of this name, without a connection; then nobody else waits.

    The lock itself can be taken inside. Errors: NotFree after so many seconds of waiting, two minutes by default.
    """
    seconds = WAIT_SECONDS if seconds is None else seconds
    lock = _of_this_process[using, name]
    if not lock.acquire(blocking=False):
        release_connections()
        if not lock.acquire(timeout=seconds):
            raise NotFree(name, seconds)
    try:
        yield
    finally:
        lock.release()


def try_lock_in_transaction(connection: BaseDatabaseWrapper, name: str) -> bool:
    """Take a lock for the rest of the open transaction if it is free, and return whether it was; PostgreSQL only.

    The statements after it see everything that the previous holder has committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(name)])
        return bool(cursor.fetchone()[0])


def _wait(connection: BaseDatabaseWrapper, name: str) -> None:
    """Wait for a lock and hold it to the end of the caller's transaction, whose own limit for waiting then holds again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [_limit()])
        before, _ = cursor.fetchone()
        _take(connection, name)
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])


def _take(connection: BaseDatabaseWrapper, name: str) -> None:
    """Take a lock for the transaction: an explicit unlock would fail if an error has aborted it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(name)])
    except OperationalError as error:
        if is_lock_not_available(error):
            raise NotFree(name, WAIT_SECONDS) from error
        raise


@contextmanager
def _transaction_for_locks(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """Open a transaction on a connection of its own; within one that this thread already holds for locks, share it.

    A shared lock is released with the outer one. The transaction reads nothing, so it holds no old rows.
    """
    holders: dict[str, BaseDatabaseWrapper] = _held.__dict__
    if (outer := holders.get(connection.alias)) is not None:
        yield outer
        return
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute(_UNLIMITED, [_limit()])
        holders[connection.alias] = holder
        yield holder
    finally:
        holders.pop(connection.alias, None)
        if holder.connection is not None and holder.is_usable():
            holder.rollback()
        holder.close()


@contextmanager
def _file_lock(path: str, seconds: float) -> Iterator[bool]:
    """Hold a lock file, and yield whether it was free within some seconds."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - takes long to import, and PostgreSQL needs none

    lock = FileLock(path, timeout=seconds, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _limit() -> str:
    return f"{round(WAIT_SECONDS * 1000)}ms"


def _key(name: str) -> int:
    return zlib.crc32(f"statistics_app.{name}".encode())


def _lock_file(connection: BaseDatabaseWrapper, name: str) -> str:
    database = str(connection.settings_dict["NAME"])
    path = Path(database)
    if not path.is_file():  # in memory, or on a database server other than PostgreSQL
        path = Path(tempfile.gettempdir()) / f"statistics-{zlib.crc32(database.encode()):08x}"
    return f"{path}.{name}.lock"
