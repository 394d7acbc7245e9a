"""What running counts are read with, and what they are held against: counting, and adding up a counter of each room."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connections

from statistics_app.db.transactions import consistent_read
from statistics_app.tallies.plan import Count

from .cluster import Database

COUNT = "SELECT r.type, count(*) FROM chat_message m JOIN chat_room r ON r.id = m.room_id GROUP BY r.type"
SUM = "SELECT type, sum(msgs) FROM chat_room GROUP BY type"
COUNTED = ("users", "user_languages", "rooms", "messages", "threads", "discussions", "pinned", "uploads", "teams")
LATEST = ("last_login", "last_message", "last_seen")
SECONDS = 60


class Reader:
    """Reads one database again and again: on a warm connection with prepared statements, and as Django does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.connection = database.connect()
        definition = database.tallies.of(Count.MESSAGES)
        assert definition is not None
        self.definition = definition
        self.sql = definition.classes

    def connect_anew(self) -> None:
        """Begin a new session, beside Django's own, and let Django begin another."""
        self.connection.close()
        connections[self.database.name].close()
        self.connection = self.database.connect()

    def prepared(self) -> list[Any]:
        """Read the messages by class."""
        return self.run(self.sql)

    def as_django(self) -> list[Any]:
        """Read them by a statement that is planned anew each time."""
        with connections[self.database.name].cursor() as cursor:
            cursor.execute(self.sql)
            return cursor.fetchall()

    def count(self) -> list[Any]:
        """Count them."""
        return self.run(COUNT)

    def sum(self) -> list[Any]:
        """Add up the rooms' counters."""
        return self.run(SUM)

    def run(self, sql: str) -> list[Any]:
        """Run a statement that is prepared at its first run."""
        return self.connection.execute(sql, prepare=True).fetchall()

    def readiness(self) -> None:
        """Look up what of the running counts can be read."""
        assert self.database.tallied().ready == set(Count)

    def counted(self) -> None:
        """Read all that a snapshot counts, in a transaction as a snapshot's is."""
        self._ask(COUNTED)

    def latest(self) -> None:
        """Ask for the three times."""
        self._ask(LATEST)

    def require_exact(self) -> None:
        """Hold the running counts against counting."""
        live, tallied = self.database.live(), self.database.tallied()
        for question in ("messages", "threads", "discussions", "pinned", "rooms"):
            found, expected = getattr(tallied, question)(), getattr(live, question)()
            assert found == expected, (self.database.name, question, found, expected)

    def _ask(self, questions: tuple[str, ...]) -> None:
        source = self.database.tallied()
        with consistent_read(source.using, SECONDS):
            for question in questions:
                getattr(source, question)()


def often(deed: Callable[[], object], times: int) -> Callable[[], float]:
    """Make a deed that does another so many times and returns the mean of its seconds."""

    def run() -> float:
        began = time.perf_counter()
        for _ in range(times):
            deed()
        return (time.perf_counter() - began) / times

    return run


def add_counters(database: Database) -> None:
    """Give each room the counter that Rocket.Chat keeps, and the time of the last message; leave no dead rows."""
    database.run(
        "ALTER TABLE chat_room ADD msgs integer NOT NULL DEFAULT 0, ADD lm timestamptz",
        "UPDATE chat_room r SET msgs = n, lm = latest FROM (SELECT room_id, count(*) AS n, max(sent_at) AS latest "
        "FROM chat_message GROUP BY room_id) m WHERE m.room_id = r.id",
        "VACUUM (FULL, ANALYZE) chat_room",
    )
