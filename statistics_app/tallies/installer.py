"""Installation of tallies on tables in use, and their complete removal."""

import json
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, OperationalError, connections, transaction
from django.utils import timezone

from ..db.locks import exclusive_lock
from ..exceptions import StatisticsError
from .declared import VENDORS, TallySet
from .definitions import FAILURES, STATE, TallyDefinition
from .folding import LOCK_NAME
from .installed import (
    InstalledTally,
    installed_tallies,
    needs_installation,
    tally_defects,
    trigger_definitions,
    trigger_fingerprint,
)
from .orphans import orphan_removals
from .population import populate
from .settling import settle
from .transactions import counting_transaction, existing_tables

# Less than PostgreSQL's deadlock_timeout of a second, so that in a deadlock the installer gives way and never the chat.
LOCK_MILLISECONDS = 500


class NotInstalled(StatisticsError):
    """Tallies could not be installed or removed; their counts are made live."""


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

        Each tally is installed by itself: an interrupted installation resumes where it stopped, and one that fails leaves
        nothing of its own behind and does not keep the others from being installed. What is no longer declared is removed.
        Errors: NotInstalled, which names every tally that failed, after the others are installed.
        """
        errors: list[str] = []
        if not self._is_supported:
            return 0
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            self._create_tables()
            self._remove({name for name in self._installed() if name not in self._declared_names})
            self._remove_orphans(self.tallies.names)
            settle(self.tallies, self.report)
            defects = tally_defects(self.tallies)
            to_count = [name for name, defect in defects.items() if needs_installation(defect) or name in recount]
            for number, name in enumerate(to_count, 1):
                began = time.monotonic()
                try:
                    self._install(name, is_attached=not defects[name])
                except (DatabaseError, NotInstalled) as error:
                    errors.append(f"{name}: {error}".strip())
                    self.report(f"[{number}/{len(to_count)}] {name}: not installed: {error}")
                else:
                    self.report(f"[{number}/{len(to_count)}] {name}: counted in {time.monotonic() - began:.1f} s")
        if errors:
            raise NotInstalled(" ".join(errors))
        return len(to_count)

    def uninstall(self) -> None:
        """Remove all tallies, and everything that is left of earlier ones. Errors: NotInstalled."""
        if not self._is_supported:
            return
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            self._remove(self._installed())
            for definition in self.tallies.definitions:
                self._with_host_tables_locked(definition.host_tables, definition.drop)
            self._remove_orphans(())

    def uninstall_from(self, tables: Iterable[str]) -> list[str]:
        """Remove the installed tallies that watch any of these tables, and return their names. Errors: NotInstalled."""
        changing = set(tables)
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            watching = [name for name, tally in self._installed().items() if changing & {*tally.host_tables}]
            self._remove(watching)
        return watching

    @property
    def _is_supported(self) -> bool:
        return connections[self.tallies.using].vendor in VENDORS

    @property
    def _declared_names(self) -> set[str]:
        return {str(definition.name) for definition in self.tallies.definitions}

    def _installed(self) -> dict[str, InstalledTally]:
        return installed_tallies(connections[self.tallies.using])

    def _install(self, name: str, *, is_attached: bool) -> None:
        """Attach a tally, if it is not, and count its rows; if that fails, detach it. Errors: DatabaseError, NotInstalled."""
        definition = self.tallies.of(name)
        assert definition is not None  # noqa: S101 - for the type checker only
        try:
            if not is_attached:
                self._attach(definition)
            self._count(definition)
            settle(self.tallies, self.report)
        except (DatabaseError, NotInstalled):
            self._remove([name])
            raise

    def _remove(self, names: Iterable[str]) -> None:
        """Remove installed tallies by the statements that are recorded of them."""
        installed = self._installed()
        for name in names:
            if (tally := installed.get(name)) is not None:
                forget = f"DELETE FROM {STATE} WHERE name = '{name}'"
                # The tables may have been dropped, and the triggers with them.
                existing = existing_tables(connections[self.tallies.using], tally.host_tables)
                tables = [table for table in tally.host_tables if table in existing]
                self._with_host_tables_locked(tables, [*tally.removals, forget])

    def _count(self, definition: TallyDefinition) -> None:
        """Count all rows and record the tally as installed, while writes go on."""

        def run() -> None:
            with counting_transaction(self.tallies.using, definition) as cursor:
                populate(definition, cursor)
                record(definition, cursor)

        self._retry_while_locked(run, ", ".join(definition.host_tables))

    def _create_tables(self) -> None:
        """Create the tables that belong to no count; those of an older version lack columns."""
        with connections[self.tallies.using].cursor() as cursor:
            has_failures = FAILURES in cursor.db.introspection.table_names(cursor)
            cursor.execute(
                # With all columns at once, since others read it as soon as it is there.
                f"CREATE TABLE IF NOT EXISTS {STATE} "
                "(name text PRIMARY KEY, definition text NOT NULL, triggers text NOT NULL, counted_at text NOT NULL, "
                "host_tables text NOT NULL DEFAULT '[]', removals text NOT NULL DEFAULT '[]')"
            )
            columns = {column.name for column in cursor.db.introspection.get_table_description(cursor, STATE)}
            for name in {"host_tables", "removals"} - columns:
                cursor.execute(f"ALTER TABLE {STATE} ADD COLUMN {name} text NOT NULL DEFAULT '[]'")
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {FAILURES} (name text NOT NULL, failed_at text NOT NULL, error text NOT NULL)"
            )
            # A table with a row has room for more on its page, so that a failure can be recorded while the disk is full.
            cursor.execute(
                f"INSERT INTO {FAILURES} (name, failed_at, error) "
                f"SELECT '', '', '' WHERE NOT EXISTS (SELECT 1 FROM {FAILURES} WHERE name = '')"
            )
            if not has_failures:
                # Nobody knows what failed while there was no table to record it in.
                cursor.execute(f"UPDATE {STATE} SET definition = ''")

    def _remove_orphans(self, names: Iterable[str]) -> None:
        """Remove the app's database objects except those with these names, for example those of an earlier declaration."""
        if statements := list(orphan_removals(connections[self.tallies.using], {*names})):
            self._with_host_tables_locked((), statements)

    def _attach(self, definition: TallyDefinition) -> None:
        """Recreate the tables and triggers of a tally and record them; it is not read until its rows are counted."""
        quote = connections[self.tallies.using].schema_editor(collect_sql=True).quote_value
        values = [definition.name, "", "", "", json.dumps(definition.host_tables), json.dumps(definition.drop)]
        statements = [
            *definition.drop,
            *definition.create,
            *definition.attach,
            f"DELETE FROM {STATE} WHERE name = '{definition.name}'",
            f"INSERT INTO {STATE} (name, definition, triggers, counted_at, host_tables, removals) "
            f"VALUES ({', '.join(quote(str(value)) for value in values)})",
        ]
        self._with_host_tables_locked(definition.host_tables, statements)

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
    triggers = trigger_fingerprint(definition, trigger_definitions(cursor.db))
    cursor.execute(
        f"UPDATE {STATE} SET definition = %s, triggers = %s, counted_at = %s WHERE name = %s",
        [definition.fingerprint, triggers, timezone.now().isoformat(), definition.name],
    )
    # Failures that this view of the data does not show came after the count.
    cursor.execute(f"DELETE FROM {FAILURES} WHERE name = %s", [definition.name])
