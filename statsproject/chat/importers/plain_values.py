"""Parse the values of exports in plain JSON, which has no types of its own for ids and times.

Every parser takes a value and the field's name for the error message.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from .document import InvalidValue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_ID = 64
LARGEST_SIZE = 2**63 - 1


def parse_id(value: Any, name: str) -> str | None:
    """Parse an id: a string of printable ASCII or an integer; null and "" give None. Errors: InvalidValue."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST_ID or not (value.isascii() and value.isprintable()):
        raise InvalidValue(f"'{name}' is not a valid id")
    return value


def require_id(value: Any, name: str) -> str:
    """Parse an id that has to be there. Errors: InvalidValue."""
    id_ = parse_id(value, name)
    if id_ is None:
        raise InvalidValue(f"missing '{name}'")
    return id_


def find_id(value: Any) -> str | None:
    """Return a valid id, or None."""
    try:
        return parse_id(value, "id")
    except InvalidValue:
        return None


def parse_time(value: Any, name: str, *, per_second: int = 1) -> datetime | None:
    """Parse a time since 1970, a number or digits in a string, or an ISO 8601 string; null, "" and 0 give None.

    `per_second` is how many units of the time are a second. Errors: InvalidValue.
    """
    if value is None or value == "" or (value == 0 and value is not False):
        return None
    try:
        if isinstance(value, str) and "T" in value:
            return _parse_iso_8601(value, name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise InvalidValue(f"'{name}' is not a valid time")
        return EPOCH + timedelta(seconds=float(value) / per_second)
    except (ValueError, OverflowError) as error:
        raise InvalidValue(f"'{name}' is not a valid time") from error


def require_time(value: Any, name: str, *, per_second: int = 1) -> datetime:
    """Parse a time that has to be there. Errors: InvalidValue."""
    moment = parse_time(value, name, per_second=per_second)
    if moment is None:
        raise InvalidValue(f"missing '{name}'")
    return moment


def parse_size(value: Any, name: str) -> int:
    """Parse a size in bytes; null gives 0. Errors: InvalidValue."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_SIZE:
        raise InvalidValue(f"'{name}' is not a size in bytes")
    return value


def text_of(value: Any) -> str:
    """Return a string; anything else gives ""."""
    return value if isinstance(value, str) else ""


def object_in(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object in another; anything else gives an empty one."""
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def objects_in(value: Any) -> list[dict[str, Any]]:
    """Return the objects of an array; anything else has none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings_in(value: Any) -> list[str]:
    """Return the strings of an array; anything else has none."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _parse_iso_8601(text: str, name: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise InvalidValue(f"'{name}' is a time without a time zone")
    return moment.astimezone(UTC)
