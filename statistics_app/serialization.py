"""How values look on the wire: times, ids, and the JSON of a document."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

# Letters and digits that cannot be taken for one another, as Meteor's Random.id has them.
_UNMISTAKABLE = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
ID_LENGTH = 17


def make_id() -> str:
    """Make an id as Rocket.Chat's clients know them: 17 characters, random."""
    return "".join(secrets.choice(_UNMISTAKABLE) for _ in range(ID_LENGTH))


def truncate_to_milliseconds(moment: datetime) -> datetime:
    """Cut a time down to what the wire can say."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def wire_time(moment: datetime | None) -> str | None:
    """Write an aware time as ISO 8601 in UTC with three digits and `Z`; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_json(document: Any) -> str:
    """Write a document as compact JSON, keys in their order; errors: ValueError for NaN, infinities and half characters."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    text.encode()
    return text


def plain_number(value: float | None) -> float | int | None:
    """Return a whole number as an int, any other value unchanged."""
    return int(value) if value is not None and value.is_integer() else value
