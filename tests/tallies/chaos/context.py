"""The context of an action: a cursor, a random generator, and the ids of a chat so small that writers often conflict."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

ROOMS = tuple(f"r{number:02}" for number in range(60))
USERS = tuple(f"u{number:02}" for number in range(80))
ROOTS = tuple(f"root{number:02}" for number in range(30))
TEAMS = tuple(f"t{number}" for number in range(6))
# Messages that are inserted, changed, deleted and inserted again with the same id.
MESSAGE_IDS = tuple(f"m{number:03}" for number in range(300))
TYPES = "ccppddlx"
COLUMNS = "id, room_id, sent_at, thread_root_id, is_pinned, author_id"
TYPED_ROW = "(%s::text, %s::text, %s::timestamptz, %s::text, %s::boolean, %s::text)"
# Some messages are of another time, so that there are many quarters of an hour in which few people write.
OTHER_TIMES = 0.2


@dataclass
class Context:
    """The context of the actions of one transaction.

    New ids start with `id_prefix`. If `cascades`, the database deletes the messages of a deleted room.
    """

    cursor: Any
    rng: Random
    id_prefix: str
    cascades: bool = False
    created: int = field(default=0)

    def execute(self, statement: str, *values: Any) -> int:
        """Execute a statement and return the number of rows that it changed."""
        self.cursor.execute(statement, list(values))
        return self.cursor.rowcount

    def column(self, statement: str, *values: Any) -> list[Any]:
        """Execute a SELECT and return its first column."""
        self.cursor.execute(statement, list(values))
        return [row[0] for row in self.cursor.fetchall()]

    def random_room(self) -> str:
        """Choose the id of a room, which may not exist."""
        return self.rng.choice(ROOMS)

    def existing_rooms(self, limit: int = 6) -> list[str]:
        """Choose rooms that exist, as far as this transaction can see, or any id if there are none."""
        keys = self.sample(ROOMS, limit)
        return self.column(f"SELECT id FROM chat_room WHERE id IN ({placeholders(keys)})", *keys) or [self.random_room()]

    def sample(self, keys: Sequence[str], limit: int) -> list[str]:
        """Choose at least one of the keys. Their order is random, so that concurrent transactions may deadlock."""
        return self.rng.sample(keys, self.rng.randint(1, min(limit, len(keys))))

    def room_messages(self, limit: int) -> list[str]:
        """Choose messages of a random room."""
        number = self.rng.randint(1, limit)
        return self.column(
            "SELECT id FROM chat_message WHERE room_id = %s ORDER BY id LIMIT %s OFFSET %s",
            self.random_room(), number, self.rng.randrange(4),
        )  # fmt: skip

    def message_rows(self, keys: Sequence[str], rooms: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Generate the values of messages with these ids, in the given rooms or in any."""
        rooms, now = rooms or self.existing_rooms(), timezone.now()
        roots = (None, None, *self.sample(ROOTS, 4))
        # Only on PostgreSQL is there no constraint on authors.
        authors = USERS if self.cursor.db.vendor == "postgresql" else (None,)
        return [
            (
                key,
                self.rng.choice(rooms),
                now + timedelta(minutes=self.rng.randrange(6000) if self.rng.random() < OTHER_TIMES else 0),
                self.rng.choice(roots),
                self.rng.random() < 0.2,
                self.rng.choice(authors),
            )
            for key in keys
        ]

    def new_ids(self, number: int) -> list[str]:
        """Generate unused ids."""
        self.created += number
        return [f"{self.id_prefix}.{self.created - index}" for index in range(number)]

    def insert(self, number: int, *rooms: str) -> int:
        """Insert new messages, into the given rooms or into any, and return their number."""
        rows = self.message_rows(self.new_ids(number), rooms)
        return self.execute(f"INSERT INTO chat_message ({COLUMNS}) VALUES {row_placeholders(rows)}", *flatten(rows))

    def update(self, setting: str, keys: Sequence[str], *values: Any, table: str = "chat_message") -> int:
        """Update rows by their keys and return the number of rows that changed."""
        return self.execute(f"UPDATE {table} SET {setting} WHERE id IN ({placeholders(keys)})", *values, *keys) if keys else 0

    def delete(self, table: str, keys: Sequence[str]) -> int:
        """Delete rows by their keys and return the number of rows deleted."""
        return self.execute(f"DELETE FROM {table} WHERE id IN ({placeholders(keys)})", *keys) if keys else 0


def placeholders(keys: Sequence[Any]) -> str:
    """Return a list of placeholders, one for each key."""
    return ", ".join(["%s"] * len(keys))


def row_placeholders(rows: Sequence[Sequence[Any]]) -> str:
    """Return the placeholders of a VALUES list, one for each value of each row."""
    return ", ".join(f"({placeholders(row)})" for row in rows)


def flatten(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Return the values of all rows in one list."""
    return [value for row in rows for value in row]
