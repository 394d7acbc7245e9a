"""The sizes of the chats and the numbers of measurements, which environment variables can override."""

import os
from dataclasses import dataclass


def _from_environment(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a chat."""

    messages: int
    rooms: int
    users: int

    @property
    def name(self) -> str:
        """The name of the database for this size."""
        return f"chat_{self.messages}_{self.rooms}"

    @property
    def variables(self) -> dict[str, int]:
        """The variables of the pgbench scripts."""
        return {"messages": self.messages, "rooms": self.rooms, "users": self.users}

    def __str__(self) -> str:
        return f"{self.messages:,} messages, {self.rooms:,} rooms, {self.users:,} users"


MESSAGES = _from_environment("MESSAGES", 10_000_000)
FEW_MESSAGES = 10_000
ROOMS, FEW_ROOMS = _from_environment("ROOMS", 50_000), 50
USERS, FEW_USERS = _from_environment("USERS", 200_000), 200
# The number of messages before writes are measured. Each design has a copy of them, with all indexes.
WRITTEN_BEFORE = min(MESSAGES, 200_000)

READ_ROUNDS = _from_environment("READ_ROUNDS", 1_001)
COUNT_ROUNDS = _from_environment("COUNT_ROUNDS", 7)
WRITE_ROUNDS = _from_environment("WRITE_ROUNDS", 16)
COPY_ROUNDS = _from_environment("COPY_ROUNDS", 11)
COPIED = min(MESSAGES, 100_000)
GUARD_ROUNDS = _from_environment("GUARD_ROUNDS", 201)
