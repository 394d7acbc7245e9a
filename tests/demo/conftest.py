"""A small workspace like that of the demonstration."""

from datetime import UTC, datetime

import pytest

from statsproject.chat.seeding import fill
from statsproject.chat.seeding.plan import Plan

# A Thursday.
NOW = datetime(2026, 11, 26, 14, 20, tzinfo=UTC)


@pytest.fixture
def chat(db: None) -> None:
    """The seeded rows, fewer of them."""
    fill(Plan(NOW, days=60, users=60, rooms=20, messages=2000, uploads=50, subscriptions_per_user=5))
