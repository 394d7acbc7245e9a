"""The kinds of events, the keys that they are counted by, and the types of what a source says of them."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

# What the keys of removals begin with.
REMOVAL = "-"


class EventKind(StrEnum):
    """The kinds of events, each of which has a time; messages and rooms are distinguished by the kind of room.

    Messages in threads or in discussions are counted among all messages, and once more by themselves.
    """

    MESSAGES = "messages"
    IN_THREADS = "in_threads"
    IN_DISCUSSIONS = "in_discussions"
    USERS = "users"
    ROOMS = "rooms"
    UPLOADS = "uploads"
    BYTES = "bytes"

    def of(self, kind: str) -> str:
        """Return the key of the events of one kind of room, by the letter of the kind."""
        return f"{self}:{kind}"


def removal_of(key: str) -> str:
    """Return the key of the removals of what an event key counts; they are events of the time of the removal."""
    return f"{REMOVAL}{key}"


class EventCount(NamedTuple):
    """The number of events of one key (`messages:c`, `users`) in the quarter of an hour (UTC) that begins at `quarter`."""

    key: str
    quarter: datetime
    number: int


class UntimedRows(NamedTuple):
    """Rows of one model that have no plausible time, so that they are no events: their number, and the key of one of them."""

    model: str
    number: int
    example: str

    def __str__(self) -> str:
        return f"{self.number} of {self.model} have no plausible time, such as {self.example}"
