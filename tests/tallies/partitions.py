"""A fixture with a partitioned table of messages, writes to it, and threads that write while partitions come and go."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, clear_declared_tallies, declared_tallies
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import tallied_source
from tests.factories import make_room

from .conftest import differences
from .sql import run, value

ROLE = "partition_writer"
COLUMNS = "(id, room_id, thread_root_id, sent_at, is_pinned)"
PARTITIONED = (
    "ALTER TABLE chat_message RENAME TO chat_message_plain",
    """CREATE TABLE chat_message (LIKE chat_message_plain INCLUDING DEFAULTS, PRIMARY KEY (id, sent_at))
    PARTITION BY RANGE (sent_at)""",
    "CREATE TABLE message_jan PARTITION OF chat_message FOR VALUES FROM ('2026-01-01Z') TO ('2026-02-01Z')",
    """CREATE TABLE message_feb PARTITION OF chat_message FOR VALUES FROM ('2026-02-01Z') TO ('2026-03-01Z')
    PARTITION BY HASH (id)""",
    "CREATE TABLE message_feb_0 PARTITION OF message_feb FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
    "CREATE TABLE message_feb_1 PARTITION OF message_feb FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
)

MARCH = "CREATE TABLE message_mar PARTITION OF chat_message FOR VALUES FROM ('2026-03-01Z') TO ('2026-04-01Z')"
IN_FEB_0 = "SELECT satisfies_hash_partition('message_feb'::regclass, 2, 0, 'replicated'::varchar)"


@pytest.fixture
def partitioned(tallies: TallySet) -> Iterator[TallySet]:
    """The definitions for the project's source with a partitioned table of messages, all of them installed."""
    run(*PARTITIONED)
    clear_declared_tallies()
    declared = declared_tallies(chat_source(timezone.now()))
    installer = Installer(declared, report=str)
    try:
        make_room("c", id="open")
        make_room("d", id="pair")
        installer.install()
        assert set(tally_defects(declared).values()) == {""}
        yield declared
    finally:
        run("RESET ROLE")
        installer.uninstall()
        run(
            "DROP TABLE chat_message",
            "DROP TABLE IF EXISTS message_jan, message_feb, message_feb_0, message_mar, message_apr",
            "ALTER TABLE chat_message_plain RENAME TO chat_message",
        )
        clear_declared_tallies()


def put(table: str, key: str, month: int = 1, room: str = "open", root: str = "", *, pinned: bool = False) -> None:
    """Insert a message through the partitioned table or through a partition."""
    run(f"INSERT INTO {table} {COLUMNS} VALUES ('{key}', '{room}', nullif('{root}', ''), '2026-{month:02}-15Z', {pinned})")


def defect(tallies: TallySet) -> str:
    return tally_defects(tallies)[Count.MESSAGES]


def assert_exact(tallies: TallySet) -> None:
    """Every answer about messages is read from the sums and is that of a count of the rows, before and after a fold."""
    for _ in range(2):
        assert defect(tallies) == ""
        source, live = tallied_source(timezone.now()), chat_source(timezone.now())
        for question in ("messages", "threads", "pinned", "rooms_with_pinned", "discussions", "room_use", "top_rooms"):
            assert getattr(source, question)() == getattr(live, question)(), question
        assert differences(tallies) == []
        fold(tallies)


def assert_live_until_settled(tallies: TallySet, reason: str) -> None:
    """The count is not read, and rows are counted live; the next fold settles it."""
    assert reason in defect(tallies)
    source = tallied_source(timezone.now())
    assert source.messages() == chat_source(timezone.now()).messages()
    fold(tallies)
    assert_exact(tallies)


def fill() -> None:
    """Write messages with threads and pins into all partitions, through the table and through partitions."""
    for number in range(8):
        put("chat_message", f"j{number}", 1, "open" if number % 2 else "pair", "r1" if number < 3 else "", pinned=number == 5)
        put("chat_message", f"f{number}", 2, root="r2" if number < 4 else "r1" if number == 5 else "", pinned=number == 6)
    put("message_jan", "leaf", 1, root="r3", pinned=True)
    put("message_feb", "middle", 2)


def rows_read(table: str) -> int:
    """Return how many rows of a table were read by scanning it, so far."""
    run("SELECT pg_stat_force_next_flush()")
    return int(value(f"SELECT coalesce(seq_tup_read, 0) FROM pg_stat_user_tables WHERE relname = '{table}'"))


@contextmanager
def as_another_role() -> Iterator[None]:
    """Be a role that may write the chat's tables and has no right on the app's."""
    with suppress(DatabaseError):
        run(f"CREATE ROLE {ROLE}")
    for table in ("chat_message", "message_jan", "message_feb", "message_feb_0", "message_feb_1"):
        run(f"GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON {table} TO {ROLE}")
    run(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        run("RESET ROLE")


def in_thread(action: Callable[[], Any]) -> None:
    """Run something on another connection, and wait for it."""

    def target() -> None:
        try:
            action()
        finally:
            connection.close()

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()


class Crowd:
    """Threads that write, and one that folds and settles, until they are stopped; writes that fail are recorded."""

    def __init__(self, tallies: TallySet) -> None:
        self.tallies = tallies
        self.stopped = threading.Event()
        self.errors: list[str] = []
        self.written = 0
        self.threads = [threading.Thread(target=self.write_on, args=(seed,)) for seed in range(3)]
        self.threads.append(threading.Thread(target=self.fold_on))

    def fold_on(self) -> None:
        """Fold until the end; a fold gives way if it does not get its locks."""
        while not self.stopped.wait(0.002):
            with suppress(OperationalError):
                fold(self.tallies)
        connection.close()

    def write_on(self, seed: int) -> None:
        """Write until the end."""
        chance = random.Random(seed)
        while not self.stopped.wait(0.002):
            try:
                with transaction.atomic():
                    self.write(chance, f"w{seed}")
            except DatabaseError as error:
                # That there is no partition for a row is an error without the app as well.
                if "no partition of relation" not in str(error):
                    self.errors.append(str(error))
            else:
                self.written += 1
        connection.close()

    def write(self, chance: random.Random, own: str) -> None:
        """Write through the table or a partition: not both, and only own rows, or the test's threads would block each other."""
        table = chance.choice(["chat_message", "chat_message", "message_feb"])
        for _ in range(chance.randint(1, 3)):
            month = chance.choice([1, 1, 2, 3, 4]) if table == "chat_message" else 2
            room, digit = chance.choice(["open", "pair"]), chance.randint(0, 9)
            some = f"id LIKE '{own}-%{digit}'"
            key = f"{own}-{chance.random()}"
            match chance.randint(0, 9):
                case 0:
                    run(f"DELETE FROM {table} WHERE {some}")
                case 1:
                    run(f"UPDATE {table} SET sent_at = '2026-02-1{digit}Z' WHERE {some}")
                case 2:
                    run(f"UPDATE {table} SET is_pinned = NOT is_pinned, room_id = '{room}' WHERE {some}")
                case _:
                    put(table, key, month, room, chance.choice(["", "r1", "r2", key]), pinned=month == 1)

    def __enter__(self) -> "Crowd":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()
