"""Installation of tallies on tables in use, and their complete removal."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connections, transaction
from django.utils import timezone

from ..db.locks import exclusive_lock
from ..exceptions import StatisticsError
from .declared import TallySet
from .definitions import STATE, TallyDefinition
from .folding import LOCK_NAME
from .installed import installed_tallies, tally_defects, trigger_definitions, trigger_fingerprint
from .orphans import orphan_removals
from .population import populate
from .transactions import counting_transaction

# Less than PostgreSQL's deadlock_timeout of a second, so that in a deadlock the installer gives way and never the chat.
LOCK_MILLISECONDS = 500


class NotInstalled(StatisticsError):
    """The locks that an installation or a removal needs were not available in time."""


@dataclass(frozen=True, slots=True)
class Installer:
    """Installs and removes the tallies of one source.

    `report` is called with a line for each step; `patience` is how long to retry while a table is locked, in seconds.
    """

    tallies: TallySet
    report: Callable[[str], Any] = print
    patience: float = 60
    lock_milliseconds: int = LOCK_MILLISECONDS

    def install(self, recount: Collection[str] = ()) -> int:
        """Install every tally that is missing or defective, recount those in `recount`, and return the number of both.

        Each tally is installed by itself, so an interrupted installation resumes where it stopped. Errors: NotInstalled.
        """
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            self._remove_orphans(self.tallies.names)
            self._create_state_table()
            defects = tally_defects(self.tallies)
            to_count = [name for name, defect in defects.items() if defect or name in recount]
            for number, name in enumerate(to_count, 1):
                definition = self.tallies.of(name)
                assert definition is not None
                began = time.monotonic()
                if defects[name]:
                    self._attach(definition)
                self._count(definition)
                self.report(f"[{number}/{len(to_count)}] {name}: counted in {time.monotonic() - began:.1f} s")
            return len(to_count)

    def uninstall(self) -> None:
        """Remove all tallies, and everything that is left of earlier ones. Errors: NotInstalled."""
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            for definition in self.tallies.definitions:
                self._with_host_tables_locked(definition.host_tables, definition.drop)
            self._remove_orphans(())

    def uninstall_from(self, tables: Iterable[str]) -> list[str]:
        """Remove the tallies that watch any of these tables, and return their names. Errors: NotInstalled."""
        changing = set(tables)
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            watching = [definition for definition in self.tallies.definitions if changing & {*definition.host_tables}]
            for definition in watching:
                self._delete_record(definition)
                self._with_host_tables_locked(definition.host_tables, definition.drop)
        return [str(definition.name) for definition in watching]

    def _count(self, definition: TallyDefinition) -> None:
        """Count all rows and record the tally as installed, while writes go on."""

        def run() -> None:
            with counting_transaction(self.tallies.using, definition) as cursor:
                populate(definition, cursor)
                record(definition, cursor)

        self._retry_while_locked(run, ", ".join(definition.host_tables))

    def _create_state_table(self) -> None:
        with connections[self.tallies.using].cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {STATE} "
                "(name text PRIMARY KEY, definition text NOT NULL, triggers text NOT NULL, counted_at text NOT NULL)"
            )

    def _remove_orphans(self, names: Iterable[str]) -> None:
        """Remove the app's database objects except those with these names, for example those of an earlier declaration."""
        if statements := list(orphan_removals(connections[self.tallies.using], {*names})):
            self._with_host_tables_locked((), statements)

    def _attach(self, definition: TallyDefinition) -> None:
        """Recreate the tables and triggers of a tally; it is not read again until its rows are counted."""
        self._delete_record(definition)
        self._with_host_tables_locked(definition.host_tables, [*definition.drop, *definition.create, *definition.attach])

    def _delete_record(self, definition: TallyDefinition) -> None:
        if definition.name in installed_tallies(connections[self.tallies.using]):
            with connections[self.tallies.using].cursor() as cursor:
                cursor.execute(f"DELETE FROM {STATE} WHERE name = %s", [definition.name])

    def _with_host_tables_locked(self, tables: Iterable[str], statements: Iterable[str]) -> None:
        """Run statements in a transaction that locks tables against writes; they take milliseconds once the lock is granted."""
        names = ", ".join(tables)

        def run() -> None:
            with transaction.atomic(using=self.tallies.using), connections[self.tallies.using].cursor() as cursor:
                if cursor.db.vendor == "postgresql":
                    cursor.execute(f"SET LOCAL lock_timeout = {self.lock_milliseconds}")
                    if names:
                        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
                for statement in statements:
                    cursor.execute(statement)

        self._retry_while_locked(run, names)

    def _retry_while_locked(self, operation: Callable[[], None], names: str) -> None:
        """Run an operation, and retry it while others hold the locks. Errors: NotInstalled after `patience` seconds."""
        until = time.monotonic() + self.patience
        pause = 0.05
        while True:
            try:
                operation()
            except OperationalError as error:
                if time.monotonic() > until:
                    raise NotInstalled(f"{names}: in use for {self.patience:g} s, so nothing was changed: {error}") from error
                self.report(f"{names}: in use; retrying …")
                time.sleep(pause)
                pause = min(pause * 2, 2)
            else:
                return


def record(definition: TallyDefinition, cursor: Any) -> None:
    """Record that a tally was counted now, with the fingerprints of its definition and its triggers."""
    cursor.execute(f"DELETE FROM {STATE} WHERE name = %s", [definition.name])
    triggers = trigger_fingerprint(definition, trigger_definitions(cursor.db))
    cursor.execute(
        f"INSERT INTO {STATE} (name, definition, triggers, counted_at) VALUES (%s, %s, %s, %s)",
        [definition.name, definition.fingerprint, triggers, timezone.now().isoformat()],
    )
