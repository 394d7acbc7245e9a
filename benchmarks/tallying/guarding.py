"""The cost of the guard around the trigger functions, compared with the same functions without it."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from tqdm import tqdm

from benchmarks.measuring import Bars

from .cluster import Cluster, Database
from .filling import key
from .sizes import GUARD_ROUNDS, Size
from .tails import NEW_KEY

SINGLE, PER_TRANSACTION = 100, 200
WARM_ROUNDS = 5
PROCESSORS = sorted(os.sched_getaffinity(0))
_GUARDED = re.compile(
    r"SECURITY DEFINER SET search_path = .*? AS \$tally\$ DECLARE guarded text; "
    r"BEGIN (?:IF .*? THEN )?BEGIN (?P<body>.*?) EXCEPTION .* END \$tally\$$",
    re.DOTALL,
)


def unguarded(statement: str) -> str:
    """Return the statement that creates a trigger function without its guard. Errors: LookupError when it finds none."""
    match = _GUARDED.search(statement)
    if match is None:
        raise LookupError(f"This function has no guard: {statement}")
    return f"{statement[: match.start()]}AS $tally$ BEGIN {match['body']} RETURN NULL; END $tally$"


def remove_guards(database: Database) -> None:
    """Replace the trigger functions of a database by unguarded ones."""
    statements = [one for definition in database.tallies.definitions for one in definition.create if "FUNCTION" in one]
    database.run(*map(unguarded, statements))
    [[guarded]] = database.run("SELECT count(*) FROM pg_proc WHERE proname LIKE 'statistics_tally%' AND prosecdef")
    assert guarded == 0, guarded


def guard_bars(cluster: Cluster, guarded: Database, size: Size, bars: Bars) -> None:
    """Measure writing with the guard and without it, and check its bars."""
    bare = cluster.create(f"{size.name}_bare", guarded.name)
    remove_guards(bare)
    cluster.checkpoint()
    with _on_first_processor(), _inserter(guarded, size) as with_guard, _inserter(bare, size) as without_guard:
        inserters = (with_guard, without_guard)
        single = _in_turn(inserters, lambda one: one.single() / SINGLE, "single inserts")
        print(f"CPU of one insert: {median(single[0]) * 1e6:.1f} µs guarded, {median(single[1]) * 1e6:.1f} µs not")
        bars.at_most(f"guarded_over_unguarded_cpu_in_{size.rooms}_rooms", _ratio(*single), 1.1)
        with _old_view(guarded), _old_view(bare):
            seconds = _in_turn(inserters, lambda one: one.together(), f"{PER_TRANSACTION} inserts beside a long reader")
        rates = [PER_TRANSACTION / median(own) for own in seconds]
        print(
            f"{PER_TRANSACTION} inserts in a transaction beside a long reader: {rates[0]:,.0f}/s guarded, {rates[1]:,.0f}/s not"
        )
        bars.at_least(f"guarded_over_unguarded_beside_a_reader_in_{size.rooms}_rooms", 1 / _ratio(*seconds), 0.85)
    cluster.drop(bare)


class _Inserter:
    """A session that inserts messages with a prepared statement. The server executes them, and a block spares the client."""

    def __init__(self, connection: psycopg.Connection, size: Size) -> None:
        self.connection, self.size, self.number = connection, size, 0
        [(pid,)] = self._execute("SELECT pg_backend_pid()").fetchall()
        self.schedstat = Path(f"/proc/{pid}/schedstat")
        # Flushing takes no CPU time of the session, and the same with and without a guard.
        self._execute("SET synchronous_commit = off")

    def single(self) -> float:
        """Insert messages one by one, each in its own transaction, and return the CPU time of the server's process."""
        began = self._cpu()
        for _ in range(SINGLE):
            self._insert()
        return self._cpu() - began

    def together(self) -> float:
        """Insert messages one by one in one transaction, and return its seconds."""
        began = time.perf_counter()
        with self.connection.transaction():
            for _ in range(PER_TRANSACTION):
                self._insert()
        return time.perf_counter() - began

    def _insert(self) -> None:
        self.number += 1
        self._execute(
            "INSERT INTO chat_message (id, room_id, author_id, sent_at, is_pinned) "
            f"VALUES ({NEW_KEY}, {key('r', '%s::bigint')}, {key('u', '0')}, now(), false)",
            self.number % self.size.rooms,
        )

    def _cpu(self) -> float:
        return int(self.schedstat.read_text().split()[0]) / 1e9

    def _execute(self, statement: str, *values: Any) -> psycopg.Cursor:
        return self.connection.execute(statement, values or None, prepare=True)


@contextmanager
def _inserter(database: Database, size: Size) -> Iterator[_Inserter]:
    with database.connect() as connection:
        os.sched_setaffinity(connection.info.backend_pid, PROCESSORS[-1:])
        yield _Inserter(connection, size)


@contextmanager
def _on_first_processor() -> Iterator[None]:
    """Run this process on the first processor within the block; the sessions' processes run on the last.

    Where the scheduler places them decides by up to a quarter how much CPU time an insert takes.
    """
    os.sched_setaffinity(0, PROCESSORS[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, PROCESSORS)


@contextmanager
def _old_view(database: Database) -> Iterator[None]:
    """Hold an open transaction with an old view of the data within the block."""
    with database.connect() as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM chat_team")
        yield
        connection.execute("ROLLBACK")


def _in_turn(
    inserters: tuple[_Inserter, _Inserter], measure: Callable[[_Inserter], float], description: str
) -> tuple[list[float], list[float]]:
    """Measure both in turn, alternately one first and the other; the first rounds do not count."""
    values: tuple[list[float], list[float]] = ([], [])
    for number in tqdm(range(GUARD_ROUNDS + WARM_ROUNDS), desc=description, disable=None, leave=False):
        for which in (0, 1) if number % 2 else (1, 0):
            value = measure(inserters[which])
            if number >= WARM_ROUNDS:
                values[which].append(value)
    return values


def _ratio(one: list[float], other: list[float]) -> float:
    """Return the median, over the rounds, of the ratio of the two."""
    return median(first / second for first, second in zip(one, other, strict=True))
