"""The times of a bulk export, which are milliseconds since 1970."""

from datetime import datetime
from typing import Any

from .. import plain_values

PER_SECOND = 1000


def parse_time(value: dict[str, Any], field: str) -> datetime | None:
    """Parse the time in a field; 0 gives None. Errors: InvalidValue."""
    return plain_values.parse_time(value.get(field), field, per_second=PER_SECOND)


def require_time(value: dict[str, Any], field: str) -> datetime:
    """Parse the time in a field, which has to be there. Errors: InvalidValue."""
    return plain_values.require_time(value.get(field), field, per_second=PER_SECOND)
