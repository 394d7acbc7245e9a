"""The values of MongoDB's Extended JSON that exports hold."""

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_ID = 64
LARGEST_NUMBER = 2**63 - 1


class Unusable(Exception):
    """A document that cannot be loaded; the text is the reason."""


def identifier(value: Any, name: str) -> str | None:
    """Read an id: a text, a number or `{"$oid": …}`; None and an empty text are none; errors: Unusable."""
    if type(value) is str and 0 < len(value) <= LONGEST_ID:  # nearly always
        return value
    if isinstance(value, dict):
        value = value.get("$oid")
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST_ID:
        raise Unusable(f"'{name}' is no id")
    return value


def moment(value: Any, name: str) -> datetime | None:
    """Read a time: `{"$date": …}` of an ISO text, of milliseconds or of `{"$numberLong": …}`; errors: Unusable."""
    if value is None:
        return None
    given = value.get("$date") if isinstance(value, dict) else value
    try:
        if isinstance(given, str):
            parsed = datetime.fromisoformat(given)
            if parsed.tzinfo is None:
                raise Unusable(f"'{name}' is a time without a zone")
            return parsed if parsed.tzinfo is UTC else parsed.astimezone(UTC)
        return EPOCH + timedelta(milliseconds=number(given, name))
    except (ValueError, OverflowError, TypeError) as error:
        raise Unusable(f"'{name}' is an impossible time") from error


def whole(value: Any, name: str) -> int:
    """Read a whole number of 0 or more; None is 0; errors: Unusable."""
    if value is None:
        return 0
    read = number(value, name)
    if read != int(read) or not 0 <= read <= LARGEST_NUMBER:
        raise Unusable(f"'{name}' is no whole number of 0 or more")
    return int(read)


def number(value: Any, name: str) -> float:
    """Read a number, plain or wrapped with its type; errors: Unusable."""
    if isinstance(value, dict):
        wrapped = next((value[key] for key in ("$numberLong", "$numberInt", "$numberDouble") if key in value), None)
        try:
            value = int(wrapped) if isinstance(wrapped, str) and "$numberDouble" not in value else float(wrapped or "")
        except (ValueError, TypeError):
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise Unusable(f"'{name}' is no number")
    return value
