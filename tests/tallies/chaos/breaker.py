"""The breaker, a worker that pulls the ground away under the triggers with DDL, and lets the installer repair them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import psycopg
from django.db import connection, transaction

from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import FAILURES
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import Installer, NotInstalled

from .counters import Counters, Outcome
from .outcomes import ERRORS, attempt
from .role import ROLE

# Less than the server's deadlock_timeout, so that in a deadlock the breaker gives way and no writer is the victim.
LOCK_MILLISECONDS = 250
PAUSE_SECONDS = 1.0
TRIES, REPAIR_TRIES = 20, 10
ELSEWHERE = "chaos_elsewhere"
# Columns of the chat that triggers use, and what a writer may set them to.
COLUMNS = (
    ("chat_message", "is_pinned", "NOT {0}"),
    ("chat_message", "thread_root_id", "'root01'"),
    ("chat_room", "type", "'c'"),
    ("chat_user", "presence", "'away'"),
    ("chat_upload", "size", "{0} + 1"),
)
RENAME_COLUMN = "column renamed"
RENAME_BETWEEN_WRITES = "column renamed among writes"
RENAME_TABLE = "tally table renamed"
DROP_TABLE = "tally table dropped"
DISABLE = "trigger disabled"
DISABLE_AND_ENABLE = "trigger disabled, enabled"
DROP_FUNCTION = "trigger function dropped"
BREAKS = (RENAME_COLUMN, RENAME_BETWEEN_WRITES, RENAME_TABLE, DROP_TABLE, DISABLE, DISABLE_AND_ENABLE, DROP_FUNCTION)
REPAIRS = "repairs"


@dataclass
class Breaker:
    """A worker that breaks something `every` so many seconds, never if that is 0, and repairs what is defective."""

    counters: Counters
    index: int
    rng: Random
    tallies: TallySet
    every: float

    def work(self, until: Callable[[], bool]) -> None:
        """Break and repair repeatedly."""
        while not until():
            if self.every:
                name = self._choose()
                attempt(self.counters, self.index, name, partial(self._break, name))
                time.sleep(self.rng.uniform(0, 0.3))
            attempt(self.counters, self.index, REPAIRS, self._repair)
            time.sleep(self.rng.uniform(0.5, 1.5) * (self.every or 1))

    def _choose(self) -> str:
        """Choose a break, every other time the one that was done least."""
        if self.rng.random() < 0.5:
            return min(BREAKS, key=self.counters.total)
        return self.rng.choice(BREAKS)

    def _repair(self) -> bool:
        if not any(tally_defects(self.tallies).values()):
            return False
        for _ in range(REPAIR_TRIES):
            if self.rng.random() < 0.7:
                self.counters.request_pause(PAUSE_SECONDS)
            try:
                Installer(self.tallies, report=str, patience=0.2, lock_milliseconds=LOCK_MILLISECONDS).install()
            except NotInstalled:
                time.sleep(self.rng.uniform(0, 0.1))
            else:
                self.counters.request_pause(0)
                return True
        self.counters.add(self.index, REPAIRS, Outcome.LOCK_TIMEOUT)
        return False

    def _break(self, name: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {ELSEWHERE}")
        if name in (RENAME_COLUMN, RENAME_BETWEEN_WRITES):
            return self._rename_column(written_before=name == RENAME_BETWEEN_WRITES)
        definition = self.rng.choice([*self.tallies.definitions, self.tallies.messages])
        if name in (RENAME_TABLE, DROP_TABLE):
            table = self.rng.choice([*definition.tables, *definition.ledgers, *self.tallies.tables, FAILURES])
            if table in {host for each in self.tallies.definitions for host in each.host_tables}:
                table = definition.tables[0]
            return self._remove_table(table, is_renamed=name == RENAME_TABLE)
        return self._change_trigger(name, self.rng.choice(definition.triggers))

    def _rename_column(self, *, written_before: bool) -> bool:
        """Rename a column and back in one transaction that also writes as the chat does, so that triggers meet the new name."""
        table, column, value = self.rng.choice(COLUMNS)
        rows = f"id IN (SELECT id FROM {table} ORDER BY random() LIMIT 3)"

        def write(cursor: Any, name: str) -> None:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
            cursor.execute(f"UPDATE {table} SET {name} = {value.format(name)} WHERE {rows}")
            # With pending checks, PostgreSQL refuses DDL.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL ROLE NONE")

        def rename(cursor: Any) -> None:
            if written_before:
                write(cursor, column)
            cursor.execute(f"ALTER TABLE {table} RENAME {column} TO renamed")
            write(cursor, "renamed")
            cursor.execute(f"ALTER TABLE {table} RENAME renamed TO {column}")

        return self._with_locks(rename)

    def _remove_table(self, table: str, *, is_renamed: bool) -> bool:
        """Rename a table, and after a while sometimes back; or drop it."""
        if not is_renamed:
            return self._with_locks(lambda cursor: cursor.execute(f"DROP TABLE IF EXISTS {table}"))
        if not self._with_locks(lambda cursor: cursor.execute(f"ALTER TABLE IF EXISTS {table} RENAME TO {ELSEWHERE}")):
            return False
        time.sleep(self.rng.uniform(0, 0.4))
        if self.rng.random() < 0.5:
            name = table.rpartition(".")[2]
            self._with_locks(lambda cursor: cursor.execute(f"ALTER TABLE IF EXISTS {ELSEWHERE} RENAME TO {name}"))
        return True

    def _change_trigger(self, name: str, trigger: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgfoid::regproc::text FROM pg_trigger WHERE tgname = %s AND NOT tgisinternal",
                [trigger],
            )
            rows = cursor.fetchall()
        if not rows:
            return False
        [(table, function)] = rows
        if name == DROP_FUNCTION:
            return self._with_locks(lambda cursor: cursor.execute(f"DROP FUNCTION {function}() CASCADE"))
        if not self._with_locks(lambda cursor: cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')):
            return False
        if name == DISABLE_AND_ENABLE:
            time.sleep(self.rng.uniform(0, 0.4))
            enabled = self.rng.choice((f'ENABLE ALWAYS TRIGGER "{trigger}"', f'ENABLE TRIGGER "{trigger}"'))
            return self._with_locks(lambda cursor: cursor.execute(f"ALTER TABLE {table} {enabled}"))
        return True

    def _with_locks(self, action: Callable[[Any], Any]) -> bool:
        """Run an action in a transaction as soon as it gets its locks, usually while the writers pause; tell whether it did."""
        for _ in range(TRIES):
            if self.rng.random() < 0.7:
                self.counters.request_pause(PAUSE_SECONDS)
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
                    action(cursor)
            except ERRORS as error:
                if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                    raise
                time.sleep(self.rng.uniform(0, 0.1))
            else:
                self.counters.request_pause(0)
                return True
        self.counters.request_pause(0)
        return False
