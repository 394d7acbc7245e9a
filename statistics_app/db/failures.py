"""What an error of the database means: it is away, accepts no writes at the moment, or cancelled a statement."""

import sqlite3
from enum import StrEnum

from django.db import InterfaceError, OperationalError

from ..texts import gettext_noop as _

# PostgreSQL's codes of these errors, and SQLite's.
_READ_ONLY, _DISK_FULL, _QUERY_CANCELED, _LOCK_NOT_AVAILABLE = "25006", "53100", "57014", "55P03"
_SQLITE_NO_WRITES = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)


class Failure(StrEnum):
    """Why the database cannot serve a request at the moment, in words for the client."""

    AWAY = _("The database does not answer at the moment.")
    NO_WRITES = _("The database does not accept writes at the moment.")


def failure_of(error: BaseException | None) -> Failure | None:
    """Return why the database cannot serve a request at the moment; None for any other error."""
    cause = error.__cause__ if error else None
    # The first byte of SQLite's code is the kind of error.
    sqlite_code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if getattr(cause, "sqlstate", None) in (_READ_ONLY, _DISK_FULL) or sqlite_code in _SQLITE_NO_WRITES:
        return Failure.NO_WRITES
    is_wrong_statement = sqlite_code == sqlite3.SQLITE_ERROR  # such as one that names no table
    return Failure.AWAY if isinstance(error, (OperationalError, InterfaceError)) and not is_wrong_statement else None


def is_cancelled(error: BaseException) -> bool:
    """Return whether the database cancelled a statement, as it does at a time limit."""
    cause = error.__cause__
    return (
        getattr(cause, "sqlstate", None) == _QUERY_CANCELED
        or getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
    )


def is_lock_not_available(error: BaseException) -> bool:
    """Return whether PostgreSQL gave up waiting for a lock."""
    return getattr(error.__cause__, "sqlstate", None) == _LOCK_NOT_AVAILABLE
