"""Reading running counts, and the alternatives: counting the rows, and adding up a counter that each room has."""

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
    """Reads of one database: with prepared statements on a warm connection, and through Django."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.connection = database.connect()
        definition = database.tallies.of(Count.MESSAGES)
        assert definition is not None
        self.definition = definition
        self.sql = definition.classes

    def reconnect(self) -> None:
        """Open new sessions, both this object's own and Django's."""
        self.connection.close()
        connections[self.database.name].close()
        self.connection = self.database.connect()

    def prepared(self) -> list[Any]:
        """Read the number of messages by class."""
        return self.run(self.sql)

    def as_django(self) -> list[Any]:
        """Read the number of messages by class, with a statement that is planned each time."""
        with connections[self.database.name].cursor() as cursor:
            cursor.execute(self.sql)
            return cursor.fetchall()

    def count(self) -> list[Any]:
        """Count the messages by room type."""
        return self.run(COUNT)

    def sum(self) -> list[Any]:
        """Add up the rooms' counters by room type."""
        return self.run(SUM)

    def run(self, sql: str) -> list[Any]:
        """Run a statement, prepare it if this is its first run, and return its rows."""
        return self.connection.execute(sql, prepare=True).fetchall()

    def readiness(self) -> None:
        """Check which of the running counts can be read."""
        assert self.database.tallied().ready == set(Count)

    def counted(self) -> None:
        """Read everything that a snapshot counts, in a transaction like that of a snapshot."""
        self._read(COUNTED)

    def latest(self) -> None:
        """Read the three latest times."""
        self._read(LATEST)

    def require_exact(self) -> None:
        """Assert that the running counts equal counting the rows."""
        live, tallied = self.database.live(), self.database.tallied()
        for question in ("messages", "threads", "discussions", "pinned", "rooms"):
            actual, expected = getattr(tallied, question)(), getattr(live, question)()
            assert actual == expected, (self.database.name, question, actual, expected)

    def _read(self, questions: tuple[str, ...]) -> None:
        source = self.database.tallied()
        with consistent_read(source.using, SECONDS):
            for question in questions:
                getattr(source, question)()


def repeated(operation: Callable[[], object], times: int) -> Callable[[], float]:
    """Return a function that runs an operation several times and returns the mean of its seconds."""

    def run() -> float:
        started = time.perf_counter()
        for _ in range(times):
            operation()
        return (time.perf_counter() - started) / times

    return run


def add_counters(database: Database) -> None:
    """Add the columns that Rocket.Chat maintains for each room: the number of messages and the time of the last one.

    The table is vacuumed, so that it contains no dead rows.
    """
    database.run(
        "ALTER TABLE chat_room ADD msgs integer NOT NULL DEFAULT 0, ADD lm timestamptz",
        "UPDATE chat_room r SET msgs = n, lm = latest FROM (SELECT room_id, count(*) AS n, max(sent_at) AS latest "
        "FROM chat_message GROUP BY room_id) m WHERE m.room_id = r.id",
        "VACUUM (FULL, ANALYZE) chat_room",
    )
