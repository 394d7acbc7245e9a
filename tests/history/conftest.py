"""Fixtures and helpers for tests of the history."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time

Store = Callable[..., Snapshot]


def at(*parts: int) -> datetime:
    """Return a time in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.fixture
def store(db: None) -> Store:
    """Return a function that stores a snapshot with given values, taken at a given time."""
    number = iter(range(1, 10**6))

    def make(moment: datetime, **values: Any) -> Snapshot:
        key = make_id()
        document = {"_id": key, "createdAt": wire_time(moment), **values}
        return Snapshot.objects.create(
            id=key,
            number=next(number),
            created_at=moment,
            origin=Origin.SCHEDULE,
            took_ms=1,
            host="here",
            body=Snapshot.body_of(document),
        )

    return make


def every(step: timedelta, since: datetime, until: datetime) -> list[datetime]:
    """Return the times from `since` up to `until`, exclusive, at a fixed interval."""
    return [since + step * number for number in range(int((until - since) / step))]
