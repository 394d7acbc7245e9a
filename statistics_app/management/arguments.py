"""Times as they are typed on a command line."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, time

from django.utils.dateparse import parse_date, parse_datetime


def moment_argument(written: str) -> datetime:
    """Read a date (its beginning, UTC) or a time with its zone; errors: ArgumentTypeError."""
    try:
        if day := parse_date(written):
            return datetime.combine(day, time(), UTC)
        moment = parse_datetime(written)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ArgumentTypeError(f"has to be a date or a time with its zone, not '{written}': 2027-01-31T18:00Z")
    return moment
