"""Outcomes of the workers' actions, and which database errors are expected: those that concurrency and kills cause."""

import time
from collections.abc import Callable

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from statistics_app.tallies.definitions import PREFIX
from statistics_app.tallies.installed import NEWER

from .counters import Counters, Outcome

ERRORS = (DatabaseError, InterfaceError, psycopg.Error)
_BY_STATE = {
    "40001": Outcome.SERIALIZATION,
    "40P01": Outcome.DEADLOCK,
    "23505": Outcome.DUPLICATE,
    "23503": Outcome.CONSTRAINT,
    "55P03": Outcome.LOCK_TIMEOUT,
}
_BY_TEXT = {
    "database is locked": Outcome.LOCK_TIMEOUT,
    "UNIQUE constraint": Outcome.DUPLICATE,
    "FOREIGN KEY constraint": Outcome.CONSTRAINT,
}
# The server is shutting down, has crashed, is starting up, or cannot be reached.
_CONNECTION_LOST_STATES = ("57P01", "57P02", "57P03", "08006", "08003", "08001")


def failed_by_tallies(error: BaseException) -> bool:
    """Return whether a write failed where only the tallies can fail: in one of their triggers.

    A serializable transaction may fail at any statement, and a session may end at any.
    """
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None)
    if state is None or state == "40001" or state in _CONNECTION_LOST_STATES:
        return False
    return PREFIX in f"{cause.diag.context} {cause.diag.table_name} {cause}"  # type: ignore[attr-defined]


def outcome_of_read(error: BaseException) -> Outcome | None:
    """Return the outcome of a read or a fold, which finds no table of the tallies if it was just removed or emptied."""
    cause = error.__cause__ or error
    if (getattr(cause, "sqlstate", None) == "42P01" and PREFIX in str(cause)) or NEWER in str(cause):
        return Outcome.UNKNOWN
    return outcome_of(error)


def outcome_of(error: BaseException) -> Outcome | None:
    """Return the outcome of an action that failed with an error, or None if the error is unexpected."""
    cause = error.__cause__ if isinstance(error, (DatabaseError, InterfaceError)) and error.__cause__ else error
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return Outcome.CONNECTION_LOST if state in _CONNECTION_LOST_STATES else _BY_STATE.get(state)
    if (known := next((outcome for text, outcome in _BY_TEXT.items() if text in str(cause)), None)) is not None:
        return known
    # libpq's own errors have no SQLSTATE.
    lost = ("connection", "server closed", "consuming input failed", "the cursor is closed", "SSL", "terminating")
    return Outcome.CONNECTION_LOST if any(word in str(cause) for word in lost) else None


def attempt(
    counters: Counters,
    index: int,
    name: str,
    action: Callable[[], bool],
    classify: Callable[[BaseException], Outcome | None] = outcome_of,
) -> None:
    """Run a worker's action and count its outcome; one that returns False did nothing and is not counted.

    Errors: those of the action that are unexpected.
    """
    try:
        is_done = action()
    except ERRORS as error:
        outcome = classify(error)
        if outcome is None:
            raise
        counters.add(index, name, outcome)
        connection.close()  # this also releases the session's locks
        time.sleep(0.1)
    else:
        if is_done:
            counters.add(index, name, Outcome.DONE)
