"""The wire format: times, ids, and JSON."""

import json
import secrets
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

# Letters and digits that cannot be mistaken for one another; the same as in Meteor's Random.id.
_UNAMBIGUOUS = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
ID_LENGTH = 17
# Of snapshots of other servers, whose ids are kept: object ids of MongoDB.
LONGEST_ID = 24
SERVER_LENGTH = 16


def make_id() -> str:
    """Return a random id in Rocket.Chat's format: 17 letters and digits."""
    return "".join(secrets.choice(_UNAMBIGUOUS) for _ in range(ID_LENGTH))


def digest_of_server(unique_id: str) -> str:
    """Return what tells a server from others without its id: 16 hexadecimal digits."""
    return blake2b(unique_id.encode(errors="replace"), digest_size=SERVER_LENGTH // 2).hexdigest()


def truncate_to_milliseconds(moment: datetime) -> datetime:
    """Truncate a time to milliseconds, the precision of the wire format."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def wire_time(moment: datetime | None) -> str | None:
    """Return an aware time as ISO 8601 in UTC with milliseconds and `Z`; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_json(document: Any) -> str:
    """Return a document as compact JSON, keys in their order.

    Errors: ValueError for NaN, infinities and unpaired surrogates.
    """
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    text.encode()
    return text


def plain_number(value: float | None) -> float | int | None:
    """Return a whole number as an int, any other value unchanged."""
    return int(value) if value is not None and value.is_integer() else value
