"""Read transactions: one view of the data for all questions, and an end to any that takes too long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

# SQLite asks whether to go on after this many of its virtual machine's steps: some milliseconds of work.
_STEPS_BETWEEN_LOOKS = 20_000
IDLE_SECONDS = 5


@contextmanager
def consistent_read(using: str, seconds: float) -> Iterator[None]:
    """Open a transaction in which every query sees the data of one instant; nothing is to be written in it.

    A PostgreSQL server ends it when nothing was asked for so many seconds and some more: a question that hangs elsewhere must
    not hold old rows for ever. Inside a transaction of the caller's it is that one, with whatever isolation it has.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    with _readers_begin(using), transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                _limit(cursor, "idle_in_transaction_session_timeout", seconds + IDLE_SECONDS)
        yield


def _limit(cursor: Any, name: str, seconds: float) -> None:
    """Set one of PostgreSQL's timeouts for the rest of the transaction, or of its savepoint if that is undone."""
    cursor.execute("SELECT set_config(%s, %s, true)", [name, f"{max(1, int(seconds * 1000))}ms"])


@contextmanager
def _readers_begin(using: str) -> Iterator[None]:
    """On SQLite begin DEFERRED whatever the host has set: IMMEDIATE would shut every writer out for as long as we read."""
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
    """Keep one question to itself: an error in it undoes only its own savepoint, and its statements end in time.

    Errors: django.db.OperationalError when a statement was stopped.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('statement_timeout')")
                [before] = cursor.fetchone()
                _limit(cursor, "statement_timeout", seconds)
            yield
            with connection.cursor() as cursor:  # an error undoes it with the savepoint
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
        elif connection.vendor == "sqlite":
            connection.ensure_connection()
            deadline = time.monotonic() + seconds
            connection.connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
            try:
                yield
            finally:
                connection.connection.set_progress_handler(None, 0)
        else:
            yield
