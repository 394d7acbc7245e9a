"""Classification of database errors: those that concurrency and kills cause, and unexpected ones."""

from django.db import DatabaseError, InterfaceError

from .counters import Outcome

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
