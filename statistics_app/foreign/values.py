"""Parse single values as other servers write them: plain JSON, MongoDB's Extended JSON, and what BSON is decoded to."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from ..serialization import truncate_to_milliseconds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The first plausible time of anything in a chat, and the first that is not: chats write 1 January 1970, in some time zone, or
# the ends of the calendar where they know no time.
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
GREATEST_COUNT = 2**63 - 1
LONGEST_TEXT = 255
_WRAPPERS_OF_NUMBERS = ("$numberInt", "$numberLong", "$numberDouble", "$numberDecimal")
_WHOLE = re.compile(r"-?[0-9]{1,19}")


class InvalidValue(ValueError):
    """A value cannot be used; the message is the end of a sentence that begins with its name."""


def count(value: Any) -> int:
    """Parse a whole number of 0 or more, however it is written (`3.0`, `{"$numberLong": "3"}`). Errors: InvalidValue."""
    parsed = number(value)
    if parsed != int(parsed):
        raise InvalidValue("is not a whole number of 0 or more")
    return int(parsed)


def whole(value: Any) -> int:
    """Parse a number of 0 or more and drop its fraction. Errors: InvalidValue."""
    return int(number(value))


def number(value: Any) -> int | float:
    """Parse a number from 0 to the greatest that a database can store. Errors: InvalidValue."""
    if isinstance(value, Mapping):
        value = _unwrapped_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValue("is not a number")
    if not (isinstance(value, int) or isfinite(value)) or not 0 <= value <= GREATEST_COUNT:
        raise InvalidValue("is not a number of 0 or more")
    return int(value) if isinstance(value, int) else value


def moment(value: Any) -> datetime:
    """Parse a time: ISO 8601, `Date.toString()`, `{"$date": …}`, milliseconds since 1970, or a datetime; UTC if it has no zone.

    Returns it in UTC, truncated to milliseconds. Errors: InvalidValue.
    """
    if isinstance(value, Mapping):
        value = value.get("$date")
    try:
        parsed = _parse_time(value)
        parsed = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidValue("is not a time") from error
    if not EARLIEST <= parsed < LATEST:
        raise InvalidValue("is not a plausible time")
    return truncate_to_milliseconds(parsed)


def text(value: Any) -> str:
    """Parse a text of printable characters, 255 at most. Errors: InvalidValue."""
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT or not value.isprintable():
        raise InvalidValue(f"is not a text of 1 to {LONGEST_TEXT} printable characters")
    return value


def flag(value: Any) -> bool:
    """Parse true or false. Errors: InvalidValue."""
    if not isinstance(value, bool):
        raise InvalidValue("is neither true nor false")
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object unchanged. Errors: InvalidValue if it is none."""
    if not isinstance(value, Mapping):
        raise InvalidValue("is not an object")
    return value


def _parse_time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        # As Date.toString() writes it, without the name of the zone that follows in parentheses.
        written, _, _ = value.partition(" (")
        if " GMT" in written:
            return datetime.strptime(written, "%a %b %d %Y %H:%M:%S GMT%z")
        return datetime.fromisoformat(written)
    return EPOCH + timedelta(milliseconds=number(value))


def _unwrapped_number(value: Mapping[str, Any]) -> Any:
    """Return the number in a wrapper that tells its type; None if there is none."""
    written = next((value[name] for name in _WRAPPERS_OF_NUMBERS if name in value), None)
    if not isinstance(written, str):
        return written
    try:
        return int(written) if _WHOLE.fullmatch(written) else float(written)
    except ValueError:
        return None
