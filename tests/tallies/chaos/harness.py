"""The harness of fixed interleavings: a PostgreSQL server, in addition to the test's database, and several connections."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import environ
import psycopg
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, declared_tallies
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.plan import Count

from .comparing import compare_answers, compare_in_one_statement, compare_totals, comparison_sql, make_source
from .variants import Variant

ALIAS = "tallied"
TIMEOUT_SECONDS = 30
ROOMS = {"a": "c", "b": "p", "c": "d", "uncounted": "x"}
MESSAGES_PER_ROOM = 5


@dataclass
class Session:
    """A connection."""

    url: str
    sent: int = 0

    def __post_init__(self) -> None:
        self.connection = psycopg.connect(self.url, autocommit=True)

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Execute a statement and return its rows."""
        cursor = self.connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def begin(self, level: str = "READ COMMITTED") -> None:
        """Begin a transaction."""
        self.run(f"BEGIN ISOLATION LEVEL {level}")

    def take_snapshot(self) -> None:
        """Take the snapshot of the transaction."""
        self.run("SELECT count(*) FROM chat_team")

    def commit(self) -> None:
        """Commit the transaction."""
        self.run("COMMIT")

    def send(self, room: str, number: int) -> None:
        """Insert messages: in turn one in its own thread, one in a thread that all rooms share, and a pinned one."""
        for index in range(number):
            self.sent += 1
            key = f"{self.connection.info.backend_pid}.{self.sent}"
            root = (f"root {key}", "shared root", None)[index % 3]
            self.run(
                "INSERT INTO chat_message (id, room_id, sent_at, thread_root_id, is_pinned) VALUES (%s, %s, now(), %s, %s)",
                key, room, root, index % 3 == 2,
            )  # fmt: skip

    def create_room(self, room: str, type_: str) -> None:
        """Create a room."""
        self.run(
            "INSERT INTO chat_room (id, type, name, is_archived, created_at) VALUES (%s, %s, '', false, now())", room, type_
        )

    def delete_room(self, room: str) -> None:
        """Delete a room with its messages."""
        self.run("DELETE FROM chat_message WHERE room_id = %s", room)
        self.run("DELETE FROM chat_room WHERE id = %s", room)

    def change_type(self, room: str, type_: str) -> None:
        """Change the type of a room."""
        self.run("UPDATE chat_room SET type = %s WHERE id = %s", type_, room)


@dataclass
class Harness:
    """A chat with the tallies of a variant, and the differences found so far."""

    url: str
    variant: Variant
    tallies: TallySet
    differences: list[Any] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    def session(self) -> Session:
        """Open a connection."""
        self.sessions.append(Session(self.url))
        return self.sessions[-1]

    def fold(self) -> int:
        """Fold as a compactor of the variant does."""
        return self.variant.fold(self.tallies)

    def reinstall(self) -> None:
        """Uninstall the tallies and install them again."""
        installer = Installer(self.tallies, report=str)
        installer.uninstall()
        installer.install()

    def check(self, session: Session | None = None) -> None:
        """Compare everything and record the differences; if a session is given, compare in its snapshot."""
        if session is None:
            differences = [
                *compare_answers(make_source(self.tallies)),
                *compare_totals(self.tallies),
                *compare_in_one_statement(self.tallies),
            ]
        else:
            differences = session.run(comparison_sql(self.definition))
        self.differences += differences

    def check_fold_check(self) -> None:
        """Compare before and after a fold."""
        self.check()
        self.fold()
        self.check()

    @property
    def definition(self) -> Any:
        """The tally definition of messages."""
        return self.tallies.of(Count.MESSAGES)

    @contextmanager
    def in_background(self, action: Callable[[], Any]) -> Iterator["Future[Any]"]:
        """Run an action in a thread with its own connection, and yield its future.

        When the block begins, the action either waits for a lock or is done. It must be done when the block has ended.
        """

        def run() -> Any:
            try:
                return action()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(run)
            deadline = time.monotonic() + TIMEOUT_SECONDS
            watcher = self.session()
            while not future.done() and not watcher.run("SELECT 1 FROM pg_locks WHERE NOT granted"):
                if time.monotonic() > deadline:
                    raise TimeoutError("The action neither waits for a lock nor ends.")
                time.sleep(0.01)
            yield future
            future.result(TIMEOUT_SECONDS)

    def close(self) -> None:
        """Close all connections."""
        while self.sessions:
            self.sessions.pop().connection.close()


class SecondDatabaseRouter:
    """A database router that selects the second database for all queries."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        """Return the alias of the second database."""
        return ALIAS

    db_for_write = db_for_read


@contextmanager
def second_database(url: str) -> Iterator[None]:
    """Configure a database as ALIAS, create its tables, and route all queries to it within the block."""
    configured = connections.configure_settings({"default": {}, ALIAS: environ.Env.db_url_config(url)})[ALIAS]
    connections.settings[ALIAS] = configured
    try:
        with override_settings(DATABASE_ROUTERS=[f"{__name__}.{SecondDatabaseRouter.__name__}"]):
            call_command("migrate", database=ALIAS, verbosity=0)
            yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.settings[ALIAS]


@contextmanager
def harness_for(variant: Variant, url: str) -> Iterator[Harness]:
    """Create a few rooms with messages, install the tallies of a variant, and yield the harness; clean up afterwards."""
    harness = Harness(url, variant, variant.of(declared_tallies(chat_source(timezone.now()))))
    installer = Installer(harness.tallies, report=str)
    # Otherwise the first test after `migrate` would find the rooms in the ledger, and all others find them booked.
    installer.uninstall()
    try:
        chat = harness.session()
        chat.run("TRUNCATE chat_room, chat_message, chat_user, chat_team, chat_upload, chat_subscription CASCADE")
        for room, type_ in ROOMS.items():
            chat.create_room(room, type_)
            chat.send(room, MESSAGES_PER_ROOM)
        installer.install()
        yield harness
    finally:
        harness.close()
        installer.uninstall()
