"""For how long a server asks to wait, and times as HTTP writes them."""

from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def asked_to_wait(headers: Message) -> float | None:
    """Return for how many seconds the headers of an answer ask to wait, which can be negative; None if they do not.

    `Retry-After` is a number of seconds or a time; Rocket.Chat's `X-RateLimit-Reset` is a time in milliseconds since 1970.
    """
    asked, reset = headers.get("Retry-After", ""), headers.get("X-RateLimit-Reset", "")
    if _is_number(asked):
        return float(asked[:9])
    moment = parse_http_date(asked)
    if moment is None and not asked and _is_number(reset):
        moment = _EPOCH + timedelta(milliseconds=int(reset[:14]))
    return (moment - datetime.now(tz=UTC)).total_seconds() if moment else None


def parse_http_date(text: str | None) -> datetime | None:
    """Parse a time as HTTP writes it; None if it is none."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
