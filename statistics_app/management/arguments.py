"""Argument types of the management commands."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, time

from django.utils.dateparse import parse_date, parse_datetime


def moment_argument(text: str) -> datetime:
    """Parse a date, which stands for its beginning in UTC, or a time with a UTC offset. Errors: ArgumentTypeError."""
    try:
        if day := parse_date(text):
            return datetime.combine(day, time(), UTC)
        moment = parse_datetime(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ArgumentTypeError(f"must be a date, or a time with a UTC offset such as 2027-01-31T18:00Z, not '{text}'")
    return moment
