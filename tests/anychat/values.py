"""A few values for each column of the chat: enough for rows to agree and to differ, and those that SQL may take amiss."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Field, GeneratedField

_TEXTS = [
    *("", "a", "A", "b", "ß", "it's", 'q"u,o', "100%", "%s", "_", "back\\slash", "$1", "$", "$tally$", "{handler}", "{", "}"),
    *(' FROM "anychat_person"', '"anychat_room"."nothing"', '"anychat_message"."nothing" AS "root_"', "SELECT 1", "-- x", "; "),
]
_TIMES = [
    datetime(2026, 3, 1, 12, tzinfo=UTC),
    datetime(2026, 3, 1, 12, 20, 0, 5, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
]
_NUMBERS = [-1, 0, 1, 2, 7]

_BY_TYPE: dict[str, list[Any]] = {
    "BooleanField": [True, False],
    "DateField": [date(2026, 3, 1), date(2025, 2, 28)],
    "DateTimeField": _TIMES,
    "TimeField": [time(0), time(12, 20, 0, 5)],
    "DurationField": [timedelta(0), timedelta(days=1, microseconds=5), timedelta(days=-1)],
    "DecimalField": [Decimal("0"), Decimal("1.50"), Decimal("-2.25")],
    "FloatField": [0.0, -0.0, 0.1, 1e300],
    "PositiveIntegerField": [0, 1, 2, 7],
    "UUIDField": [uuid.UUID(int=number) for number in (1, 2, 2**127)],
    "BinaryField": [b"", b"a", b"\x00\xff"],
    "JSONField": [{}, {"a": 1}, [1, "a"], "a", 1],
    "GenericIPAddressField": ["127.0.0.1", "::1"],
    "SlugField": ["a", "A", "b"],
}


def values_of(field: Any) -> list[Any]:
    """Return the values of a column, without NULL."""
    if field.related_model:
        return values_of(field.target_field) if field.concrete and not field.many_to_many else [1]
    type_ = field.output_field.get_internal_type() if isinstance(field, GeneratedField) else field.get_internal_type()
    return _BY_TYPE.get(type_) or (_NUMBERS if "Integer" in type_ or "Auto" in type_ else _TEXTS)


def is_written(field: Field) -> bool:
    """Return whether a statement may set a column."""
    return not isinstance(field, GeneratedField) and not field.primary_key
