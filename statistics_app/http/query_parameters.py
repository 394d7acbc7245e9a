"""Read the parameters of a query string; what cannot be used is refused, by its name."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.dateparse import parse_datetime

from ..exceptions import ParameterError

_TRUE = {"true", "True", "1"}
_FALSE = {"false", "False", "0"}
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def is_true(parameters: Mapping[str, str], name: str) -> bool:
    """Say whether a parameter is clearly true; one that cannot be used is not."""
    return parameters.get(name) in _TRUE


def flag(parameters: Mapping[str, str], name: str) -> bool:
    """Read a parameter that is true or false; absent is false; errors: ParameterError."""
    value = parameters.get(name)
    if value is None or value in _FALSE:
        return False
    if value in _TRUE:
        return True
    raise ParameterError(f"'{name}' has to be true or false, not '{_shortened(value)}'.")


def whole_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number of 0 or more; errors: ParameterError."""
    value = parameters.get(name)
    if value is None:
        return default
    # Eighteen digits always fit into a database's integer.
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise ParameterError(f"'{name}' has to be a whole number of 0 or more, not '{_shortened(value)}'.")
    return int(value)


def choice(parameters: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """Read one of some words; absent is the first; errors: ParameterError."""
    written = parameters.get(name, choices[0])
    if written not in choices:
        raise ParameterError(f"'{name}' has to be one of {', '.join(choices)}, not '{_shortened(written)}'.")
    return written


def zone(parameters: Mapping[str, str], name: str) -> ZoneInfo:
    """Read a time zone by its IANA name; absent is UTC; errors: ParameterError."""
    written = parameters.get(name, "UTC")
    if written not in zones():
        raise ParameterError(f"'{name}' has to be a zone's IANA name such as Europe/Berlin, not '{_shortened(written)}'.")
    return ZoneInfo(written)


@cache
def zones() -> frozenset[str]:
    """Name all time zones."""
    return frozenset(available_timezones())


def moment(parameters: Mapping[str, str], name: str) -> datetime | None:
    """Read an ISO 8601 time with its zone; errors: ParameterError."""
    value = parameters.get(name)
    return None if value is None else parse_moment(value, f"'{name}'")


def parse_moment(value: Any, where: str, error_type: str = "error-invalid-params") -> datetime:
    """Read a time with its zone out of a text; errors: ParameterError."""
    try:
        parsed = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is not None and parsed.tzinfo is not None:
        return _in_utc(parsed)
    raise ParameterError(
        f"{where} has to be a time such as 2018-02-24T13:13:00.236Z, not '{_shortened(str(value))}'.",
        error_type=error_type,
    )


def _in_utc(moment: datetime) -> datetime:
    """Turn a time into UTC; what lies before the first year or after the last is at its edge."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == 1 else LATEST


def _shortened(value: str, length: int = 60) -> str:
    return value if len(value) <= length else f"{value[:length]}…"
