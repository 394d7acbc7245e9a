"""Read transactions: one consistent view of the data for all questions, and a time limit for each."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# SQLite calls the progress handler after this many instructions of its virtual machine: a few milliseconds of work.
_INSTRUCTIONS_PER_CHECK = 20_000
IDLE_SECONDS = 5
# Django 6.1 gives it another name, and warns of the old one, which is the only one of 5.2.
_create_savepoint: Callable[[str], Any] = getattr(transaction, "savepoint_create", None) or transaction.savepoint


def release_connections() -> None:
    """Close this thread's connections, or return them to their pool: for before it waits.

    Those in a transaction stay, and those whose session chose a schema for itself: another one would be in another schema.
    """
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql" and not connection.in_atomic_block and not _chose_schema(connection):
            connection.close()


def chosen_search_path(using: str) -> str:
    """Return the search path that this session has set for itself, as a host does with a schema for each tenant; or nothing.

    A path that every connection gets, by the connection's options or from the role, needs no mention.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or connection.connection is None:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'search_path' AND source = 'session'")
        return next((path for (path,) in cursor.fetchall()), "")


def _chose_schema(connection: BaseDatabaseWrapper) -> bool:
    try:
        return bool(chosen_search_path(connection.alias))
    except Error:  # the connection was lost
        return False


@contextmanager
def consistent_read(using: str, seconds: float, search_path: str = "", *, limit_statements: bool = False) -> Iterator[None]:
    """Open a transaction for reading, in which every query sees the same state of the data; on PostgreSQL it is read-only.

    PostgreSQL ends the transaction if it is idle for `seconds` plus `IDLE_SECONDS`: a question that hangs elsewhere must not
    keep old row versions alive forever. With `limit_statements`, it also cancels each statement after `seconds`. With a
    `search_path`, tables are looked up there. If the caller has already opened a transaction, that one is used; then only
    statements are limited.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        with _limited_statements(connection, seconds) if limit_statements else nullcontext():
            yield
        return
    with _deferred_begin(using), transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            settings = {
                **({"statement_timeout": _milliseconds(seconds)} if limit_statements else {}),
                "idle_in_transaction_session_timeout": _milliseconds(seconds + IDLE_SECONDS),
                **({"search_path": search_path} if search_path else {}),
            }
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                _set_for_transaction(cursor, settings)
        elif connection.vendor == "mysql":
            _repeat_reads(connection)
        yield


@contextmanager
def consistent_write(using: str) -> Iterator[None]:
    """Open a transaction in which every query sees the same state of the data, besides its own writes.

    If the caller has already opened a transaction, that one is used as it is.
    """
    connection = connections[using]
    begins = connection.vendor in ("postgresql", "mysql") and not connection.in_atomic_block
    with transaction.atomic(using=using):
        if begins:
            _repeat_reads(connection)
        yield


def _repeat_reads(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _milliseconds(seconds: float) -> str:
    return f"{max(1, int(seconds * 1000))}ms"


def _set_for_transaction(cursor: Any, settings: Mapping[str, str]) -> None:
    """Set some of PostgreSQL's settings until the end of the transaction, or until a savepoint before it is rolled back to."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    cursor.execute(f"SELECT {calls}", [text for setting in settings.items() for text in setting])


@contextmanager
def _limited_statements(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Limit the time of each statement within a transaction of the caller's."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        [before] = cursor.fetchone()
        _set_for_transaction(cursor, {"statement_timeout": _milliseconds(seconds)})
    yield
    with connection.cursor() as cursor:  # after an error, the caller's rollback restores the value
        _set_for_transaction(cursor, {"statement_timeout": before})


@contextmanager
def _deferred_begin(using: str) -> Iterator[None]:
    """Begin SQLite transactions as DEFERRED regardless of the host's settings: IMMEDIATE would block all writers meanwhile."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()  # which reads the host's options
    mode = connection.transaction_mode  # type: ignore[attr-defined]
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]


class IsolatedReads:
    """Consecutive reads in the open transaction: the error of one affects no other.

    They share one savepoint, since there is nothing to keep of what has only been read. On SQLite, each read is limited to
    `seconds`; on PostgreSQL, `consistent_read` can limit each statement.
    """

    def __init__(self, using: str, seconds: float) -> None:
        self.using = using
        self.seconds = seconds
        self._savepoint = _create_savepoint(using)

    @contextmanager
    def isolated(self) -> Iterator[None]:
        """Undo what an error inside has done to the transaction. Errors: OperationalError if a statement was cancelled."""
        try:
            with _limited_instructions(connections[self.using], self.seconds):
                yield
        except BaseException:
            # An inner `atomic` without a savepoint has left the mark that only a rollback is allowed from now on.
            transaction.set_rollback(rollback=False, using=self.using)
            transaction.savepoint_rollback(self._savepoint, self.using)
            raise


@contextmanager
def _limited_instructions(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    deadline = time.monotonic() + seconds
    connection.connection.set_progress_handler(lambda: time.monotonic() > deadline, _INSTRUCTIONS_PER_CHECK)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)
