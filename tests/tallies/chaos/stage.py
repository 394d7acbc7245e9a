"""A stage for fixed interleavings: a PostgreSQL beside the test's own database, and connections that act step by step."""

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

from .comparing import answers_differ, source_of, statement_differs, statement_of, sums_differ
from .variants import Variant

ALIAS = "tallied"
BLOCKED_SECONDS = 30
ROOMS = {"a": "c", "b": "p", "c": "d", "uncounted": "x"}
EACH = 5


@dataclass
class Session:
    """One connection of somebody's."""

    url: str
    sent: int = 0

    def __post_init__(self) -> None:
        self.connection = psycopg.connect(self.url, autocommit=True)

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Run a statement and return its rows."""
        cursor = self.connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def begin(self, level: str = "READ COMMITTED") -> None:
        """Begin a transaction."""
        self.run(f"BEGIN ISOLATION LEVEL {level}")

    def see(self) -> None:
        """Take the transaction's snapshot."""
        self.run("SELECT count(*) FROM chat_team")

    def commit(self) -> None:
        """End it."""
        self.run("COMMIT")

    def send(self, room: str, number: int) -> None:
        """Put messages: the first in a thread of its own, the second in one that all rooms share, the third pinned."""
        for place in range(number):
            self.sent += 1
            key = f"{self.connection.info.backend_pid}.{self.sent}"
            root = (f"root {key}", "shared root", None)[place % 3]
            self.run(
                "INSERT INTO chat_message (id, room_id, sent_at, thread_root_id, is_pinned) VALUES (%s, %s, now(), %s, %s)",
                key, room, root, place % 3 == 2,
            )  # fmt: skip

    def make_room(self, room: str, type_: str) -> None:
        """Make a room."""
        self.run(
            "INSERT INTO chat_room (id, type, name, is_archived, created_at) VALUES (%s, %s, '', false, now())", room, type_
        )

    def end_room(self, room: str) -> None:
        """Delete a room with its messages."""
        self.run("DELETE FROM chat_message WHERE room_id = %s", room)
        self.run("DELETE FROM chat_room WHERE id = %s", room)

    def rekind(self, room: str, type_: str) -> None:
        """Change a room's type."""
        self.run("UPDATE chat_room SET type = %s WHERE id = %s", type_, room)


@dataclass
class Stage:
    """The chat, one variant's machinery over it, and what was seen to differ."""

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
        """Fold as a compactor does."""
        return self.variant.fold(self.tallies)

    def make_anew(self) -> None:
        """Take the machinery away and install it again."""
        installer = Installer(self.tallies, say=str)
        installer.uninstall()
        installer.install()

    def look(self, session: Session | None = None) -> None:
        """Compare everything; in the snapshot of a session where one is named."""
        if session is None:
            found = [
                *answers_differ(source_of(self.tallies)),
                *sums_differ(self.tallies),
                *statement_differs(self.tallies),
            ]
        else:
            found = session.run(statement_of(self.definition))
        self.differences += found

    def look_fold_look(self) -> None:
        """Compare before and after a fold."""
        self.look()
        self.fold()
        self.look()

    @property
    def definition(self) -> Any:
        """The definition of messages."""
        return self.tallies.of(Count.MESSAGES)

    @contextmanager
    def aside(self, deed: Callable[[], Any]) -> Iterator["Future[Any]"]:
        """Do something in a thread with a connection of its own; it has begun to wait, or is done, when the block begins."""

        def run() -> Any:
            try:
                return deed()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(run)
            deadline = time.monotonic() + BLOCKED_SECONDS
            watcher = self.session()
            while not doing.done() and not watcher.run("SELECT 1 FROM pg_locks WHERE NOT granted"):
                if time.monotonic() > deadline:
                    raise TimeoutError("It neither waits nor ends.")
                time.sleep(0.01)
            yield doing
            doing.result(BLOCKED_SECONDS)

    def close(self) -> None:
        """Close all connections."""
        while self.sessions:
            self.sessions.pop().connection.close()


class Beside:
    """A router that leads everything to the database beside."""

    def db_for_read(self, model: Any, **_: Any) -> str:
        """Read there."""
        return ALIAS

    db_for_write = db_for_read


@contextmanager
def database_beside(url: str) -> Iterator[None]:
    """Let Django know a database by the name ALIAS, with all tables, and lead everything to it."""
    configured = connections.configure_settings({"default": {}, ALIAS: environ.Env.db_url_config(url)})[ALIAS]
    connections.settings[ALIAS] = configured
    try:
        with override_settings(DATABASE_ROUTERS=[f"{__name__}.{Beside.__name__}"]):
            call_command("migrate", database=ALIAS, verbosity=0)
            yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.settings[ALIAS]


@contextmanager
def stage_for(variant: Variant, url: str) -> Iterator[Stage]:
    """Set a stage: a few rooms with messages, and the variant's machinery installed over them and folded."""
    stage = Stage(url, variant, variant.of(declared_tallies(chat_source(timezone.now()))))
    installer = Installer(stage.tallies, say=str)
    try:
        chat = stage.session()
        chat.run("TRUNCATE chat_room, chat_message, chat_user, chat_team, chat_upload, chat_subscription CASCADE")
        for room, type_ in ROOMS.items():
            chat.make_room(room, type_)
            chat.send(room, EACH)
        installer.install()
        yield stage
    finally:
        stage.close()
        installer.uninstall()
