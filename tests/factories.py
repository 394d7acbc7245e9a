"""Factories for rows of the chat's tables."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from statsproject.chat.models import Message, Room, User

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_number = count(1)


def make_user(username: str | None = None, **columns: Any) -> User:
    """Create an account without a password."""
    return User.objects.create(username=username or f"user-{next(_number)}", **columns)


def make_room(type: str = "c", **columns: Any) -> Room:
    """Create a room."""
    return Room.objects.create(type=type, **{"name": f"room-{next(_number)}", **columns})


def make_messages(room: Room, number: int, **columns: Any) -> list[Message]:
    """Create messages in a room, one per minute, starting at noon."""
    return Message.objects.bulk_create(
        Message(room=room, **{"sent_at": NOON + timedelta(minutes=minute), **columns}) for minute in range(number)
    )
