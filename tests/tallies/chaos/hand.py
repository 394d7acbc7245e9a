"""What a deed works with: a cursor, chance, and the names of a small chat in which all meet all the time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.utils import timezone

ROOMS = tuple(f"r{number:02}" for number in range(60))
USERS = tuple(f"u{number:02}" for number in range(80))
ROOTS = tuple(f"root{number:02}" for number in range(30))
TEAMS = tuple(f"t{number}" for number in range(6))
# Messages that are put, changed, removed and put again under the same id.
LASTING = tuple(f"m{number:03}" for number in range(300))
TYPES = "ccppddlx"
COLUMNS = "id, room_id, sent_at, thread_root_id, is_pinned"


@dataclass
class Hand:
    """One transaction's view of the chat; `mark` keeps new ids apart, `cascades` says what ends the messages of a room."""

    cursor: Any
    chance: Random
    mark: str
    cascades: bool = False
    made: int = field(default=0)

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        self.cursor.execute(statement, list(values))
        return self.cursor.rowcount

    def column(self, statement: str, *values: Any) -> list[Any]:
        """Return the first column of a SELECT."""
        self.cursor.execute(statement, list(values))
        return [row[0] for row in self.cursor.fetchall()]

    def room(self) -> str:
        """Choose a room, which may be gone."""
        return self.chance.choice(ROOMS)

    def standing(self, most: int = 6) -> list[str]:
        """Choose some rooms that are there, as far as this transaction sees; any one where none is."""
        keys = self.some(ROOMS, most)
        return self.column(f"SELECT id FROM chat_room WHERE id IN ({listed(keys)})", *keys) or [self.room()]

    def some(self, keys: Sequence[str], most: int) -> list[str]:
        """Choose one or more of some keys, in any order, so that those who do the same get into each other's way."""
        return self.chance.sample(keys, self.chance.randint(1, min(most, len(keys))))

    def messages(self, most: int) -> list[str]:
        """Choose some messages of one room."""
        number = self.chance.randint(1, most)
        return self.column(
            "SELECT id FROM chat_message WHERE room_id = %s ORDER BY id LIMIT %s OFFSET %s",
            self.room(), number, self.chance.randrange(4),
        )  # fmt: skip

    def rows(self, keys: Sequence[str], rooms: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Make up messages with these ids, in some rooms."""
        rooms, now = rooms or self.standing(), timezone.now()
        roots = (None, None, *self.some(ROOTS, 4))
        return [(key, self.chance.choice(rooms), now, self.chance.choice(roots), self.chance.random() < 0.2) for key in keys]

    def new(self, number: int) -> list[str]:
        """Make up ids that nobody has."""
        self.made += number
        return [f"{self.mark}.{self.made - place}" for place in range(number)]

    def insert(self, number: int, *rooms: str) -> int:
        """Put new messages, into these rooms or anywhere."""
        rows = self.rows(self.new(number), rooms)
        return self.run(f"INSERT INTO chat_message ({COLUMNS}) VALUES {marks(rows)}", *flat(rows))

    def change(self, setting: str, keys: Sequence[str], *values: Any, table: str = "chat_message") -> int:
        """Change rows by their keys."""
        return self.run(f"UPDATE {table} SET {setting} WHERE id IN ({listed(keys)})", *values, *keys) if keys else 0

    def remove(self, table: str, keys: Sequence[str]) -> int:
        """Delete rows by their keys."""
        return self.run(f"DELETE FROM {table} WHERE id IN ({listed(keys)})", *keys) if keys else 0


def listed(keys: Sequence[Any]) -> str:
    """Hold a place for each."""
    return ", ".join(["%s"] * len(keys))


def marks(rows: Sequence[Sequence[Any]]) -> str:
    """Hold a place for each value of each row."""
    return ", ".join(f"({listed(row)})" for row in rows)


def flat(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """List the values of all rows."""
    return [value for row in rows for value in row]
