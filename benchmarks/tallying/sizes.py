"""How large the chats are, and how often things are measured; the environment may say otherwise."""

import os
from dataclasses import dataclass


def _from_environment(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


@dataclass(frozen=True, slots=True)
class Size:
    """A chat's size."""

    messages: int
    rooms: int
    users: int

    @property
    def name(self) -> str:
        """Name the database of that size."""
        return f"chat_{self.messages}_{self.rooms}"

    @property
    def variables(self) -> dict[str, int]:
        """Say it to pgbench."""
        return {"messages": self.messages, "rooms": self.rooms, "users": self.users}

    def __str__(self) -> str:
        return f"{self.messages:,} messages, {self.rooms:,} rooms, {self.users:,} users"


MESSAGES = _from_environment("MESSAGES", 10_000_000)
FEW_MESSAGES = 10_000
ROOMS, FEW_ROOMS = _from_environment("ROOMS", 50_000), 50
USERS, FEW_USERS = _from_environment("USERS", 200_000), 200
# What is there before writes are measured: each design has a copy, with every index.
WRITTEN_BEFORE = min(MESSAGES, 200_000)

READ_ROUNDS = _from_environment("READ_ROUNDS", 1_001)
COUNT_ROUNDS = _from_environment("COUNT_ROUNDS", 7)
WRITE_ROUNDS = _from_environment("WRITE_ROUNDS", 16)
COPY_ROUNDS = _from_environment("COPY_ROUNDS", 11)
COPIED = min(MESSAGES, 100_000)
