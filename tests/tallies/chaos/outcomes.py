"""Tell the errors that writers must expect from those that nobody may see."""

from django.db import DatabaseError, InterfaceError

from .board import Outcome

_BY_STATE = {
    "40001": Outcome.SERIALIZATION,
    "40P01": Outcome.DEADLOCK,
    "23505": Outcome.DUPLICATE,
    "23503": Outcome.CONSTRAINT,
    "55P03": Outcome.GAVE_WAY,
}
_BY_TEXT = {
    "database is locked": Outcome.GAVE_WAY,
    "UNIQUE constraint": Outcome.DUPLICATE,
    "FOREIGN KEY constraint": Outcome.CONSTRAINT,
}
# Shutting down, crashed, not yet back, gone.
_LOST_STATES = ("57P01", "57P02", "57P03", "08006", "08003", "08001")


def outcome_of(error: BaseException) -> Outcome | None:
    """Return how a deed ended with an error; nothing for one that means a fault."""
    cause = error.__cause__ if isinstance(error, (DatabaseError, InterfaceError)) and error.__cause__ else error
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return Outcome.LOST if state in _LOST_STATES else _BY_STATE.get(state)
    if (known := next((outcome for text, outcome in _BY_TEXT.items() if text in str(cause)), None)) is not None:
        return known
    # libpq's own: it has no state where no server answers.
    lost = ("connection", "server closed", "consuming input failed", "the cursor is closed", "SSL", "terminating")
    return Outcome.LOST if any(word in str(cause) for word in lost) else None
