"""Parse the values of MongoDB's Extended JSON and of BSON. Parsers take a value and the field's name for the error message."""

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from ..document import InvalidValue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_ID = 64
LARGEST_INT = 2**63 - 1


def parse_id(value: Any, name: str, longest: int = LONGEST_ID) -> str | None:
    """Parse an id: a string, an integer or `{"$oid": …}`; null and "" give None. Errors: InvalidValue."""
    if type(value) is str and 0 < len(value) <= longest:  # by far the most frequent case
        return value
    if isinstance(value, dict):
        value = value.get("$oid")
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > longest:
        raise InvalidValue(f"'{name}' is not a valid id")
    return value


def parse_datetime(value: Any, name: str) -> datetime | None:
    """Parse a time: `{"$date": …}` with an ISO 8601 string, milliseconds or `{"$numberLong": …}`, or BSON's, which is naive.

    A time outside of the years 1 to 9999, which no `datetime` holds, gives None, like a missing one. Errors: InvalidValue.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    date = value.get("$date") if isinstance(value, dict) else value
    try:
        if isinstance(date, str):
            parsed = datetime.fromisoformat(date)
        elif type(date) is int:  # which is finite
            parsed = EPOCH + timedelta(0, 0, 0, date)
        else:
            parsed = EPOCH + timedelta(milliseconds=parse_number(date, name))
        if parsed.tzinfo is not None:
            return parsed if parsed.tzinfo is UTC else parsed.astimezone(UTC)
    except OverflowError:
        return None
    except (ValueError, TypeError, InvalidValue) as error:
        raise InvalidValue(f"'{name}' is not a valid time") from error
    raise InvalidValue(f"'{name}' is a time without a time zone")


def parse_int(value: Any, name: str) -> int:
    """Parse an integer of 0 or more; null gives 0. Errors: InvalidValue."""
    if value is None:
        return 0
    number = parse_number(value, name)
    if number != int(number) or not 0 <= number <= LARGEST_INT:
        raise InvalidValue(f"'{name}' is not a non-negative integer")
    return int(number)


def parse_number(value: Any, name: str) -> float:
    """Parse a number, either plain or wrapped with its type. Errors: InvalidValue."""
    if isinstance(value, dict):
        wrapped = next((value[key] for key in ("$numberLong", "$numberInt", "$numberDouble") if key in value), None)
        try:
            value = int(wrapped) if isinstance(wrapped, str) and "$numberDouble" not in value else float(wrapped or "")
        except (ValueError, TypeError):
            value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise InvalidValue(f"'{name}' is not a number")
    return value
