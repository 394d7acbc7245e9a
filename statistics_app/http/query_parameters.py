"""Parsing and validation of query parameters; errors name the parameter."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.dateparse import parse_datetime

from ..exceptions import ParameterError
from ..texts import gettext_noop as _

_TRUE = {"true", "True", "1"}
_FALSE = {"false", "False", "0"}
# More than there can be of anything, and with room below a 64-bit integer of the database.
_MOST, _MOST_DIGITS = 10**18 - 1, 18
# No client means more, and what is refused should be cheap.
_LONGEST = 100
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def is_true(parameters: Mapping[str, str], name: str) -> bool:
    """Return whether a parameter is true; an invalid value counts as false."""
    return parameters.get(name) in _TRUE


def flag(parameters: Mapping[str, str], name: str) -> bool:
    """Parse a boolean; false if absent. Errors: ParameterError."""
    value = parameters.get(name)
    if value is None or value in _FALSE:
        return False
    if value in _TRUE:
        return True
    raise ParameterError(f"'{name}' must be true or false, not '{_shortened(value)}'.")


def whole_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    """Parse a whole number of 0 or more; one that is too large becomes the largest. Errors: ParameterError."""
    value = parameters.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()):
        text = _("'%(name)s' must be a whole number of 0 or more, not '%(value)s'.")
        raise ParameterError(text, name=name, value=_shortened(value))
    if len(value) > _LONGEST:
        raise ParameterError(_("'%(name)s' has more than %(number)d digits."), name=name, number=_LONGEST)
    return int(value) if len(value) <= _MOST_DIGITS else _MOST


def choice(parameters: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """Parse one of several words; the first if absent. Errors: ParameterError."""
    value = parameters.get(name, choices[0])
    require_choice(value, name, choices)
    return value


def require_choice(value: str, name: str, choices: Sequence[str]) -> None:
    """See that a parameter is one of several words. Errors: ParameterError."""
    if value not in choices:
        text = _("'%(name)s' must be one of %(choices)s, not '%(value)s'.")
        raise ParameterError(text, name=name, choices=", ".join(choices), value=_shortened(value))


def zone(parameters: Mapping[str, str], name: str) -> ZoneInfo:
    """Parse the IANA name of a time zone; UTC if absent. Errors: ParameterError."""
    value = parameters.get(name, "UTC")
    if value not in zones():
        text = _("'%(name)s' must be a zone's IANA name such as Europe/Berlin, not '%(value)s'.")
        raise ParameterError(text, name=name, value=_shortened(value))
    return ZoneInfo(value)


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    """Parse an ISO 8601 time with a UTC offset; None if absent. Errors: ParameterError."""
    value = parameters.get(name)
    return None if value is None else parse_moment(value, f"'{name}'")


def parse_moment(value: Any, where: str, error_type: str = "error-invalid-params") -> datetime:
    """Parse an ISO 8601 time with a UTC offset, and return it in UTC; `where` names it in errors. Errors: ParameterError."""
    try:
        parsed = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is not None and parsed.tzinfo is not None:
        return _in_utc(parsed)
    text = _("%(where)s must be a time such as 2018-02-24T13:13:00.236Z, not '%(value)s'.")
    raise ParameterError(text, error_type=error_type, where=where, value=_shortened(str(value)))


def _in_utc(moment: datetime) -> datetime:
    """Convert a time to UTC; a result before year 1 or after year 9999 is replaced by the first or last possible time."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == 1 else LATEST


def _shortened(value: str, length: int = 60) -> str:
    return value if len(value) <= length else f"{value[:length]}…"
