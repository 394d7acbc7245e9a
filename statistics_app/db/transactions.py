"""Read transactions: one consistent view of the data for all questions, and a time limit for each."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

# SQLite calls the progress handler after this many instructions of its virtual machine: a few milliseconds of work.
_INSTRUCTIONS_PER_CHECK = 20_000
IDLE_SECONDS = 5


def release_connections() -> None:
    """Close this thread's connections, or return them to their pool: for before it waits. Those in a transaction stay."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            connection.close()


@contextmanager
def consistent_read(using: str, seconds: float) -> Iterator[None]:
    """Open a transaction for reading, in which every query sees the same state of the data; on PostgreSQL it is read-only.

    PostgreSQL ends the transaction if it is idle for `seconds` plus `IDLE_SECONDS`: a question that hangs elsewhere must not
    keep old row versions alive forever. If the caller has already opened a transaction, that one is used as it is.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    with _deferred_begin(using), transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                _set_timeout(cursor, "idle_in_transaction_session_timeout", seconds + IDLE_SECONDS)
        yield


def _set_timeout(cursor: Any, name: str, seconds: float) -> None:
    """Set one of PostgreSQL's timeouts until the end of the transaction, or until the current savepoint is rolled back."""
    cursor.execute("SELECT set_config(%s, %s, true)", [name, f"{max(1, int(seconds * 1000))}ms"])


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


@contextmanager
def limited_savepoint(using: str, seconds: float) -> Iterator[None]:
    """Isolate one question: an error rolls back only its own savepoint, and its statements have a time limit.

    Errors: django.db.OperationalError if a statement was cancelled.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('statement_timeout')")
                [before] = cursor.fetchone()
                _set_timeout(cursor, "statement_timeout", seconds)
            yield
            with connection.cursor() as cursor:  # after an error, rolling back the savepoint restores the value
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
        elif connection.vendor == "sqlite":
            connection.ensure_connection()
            deadline = time.monotonic() + seconds
            connection.connection.set_progress_handler(lambda: time.monotonic() > deadline, _INSTRUCTIONS_PER_CHECK)
            try:
                yield
            finally:
                connection.connection.set_progress_handler(None, 0)
        else:
            yield
