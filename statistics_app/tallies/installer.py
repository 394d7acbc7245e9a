"""Install the machinery on tables in use, and take it away again without a trace."""

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

# Below PostgreSQL's deadlock_timeout of a second: whoever has to give way, it is the installer and never the chat.
LOCK_MILLISECONDS = 500


class NotInstalled(StatisticsError):
    """An installation that had to give up; what was there before still stands."""


@dataclass(frozen=True, slots=True)
class Installer:
    """Installs for one source; `say` is told what happens, `patience` is how many seconds to try for the host's tables."""

    tallies: TallySet
    say: Callable[[str], Any] = print
    patience: float = 60
    lock_milliseconds: int = LOCK_MILLISECONDS

    def install(self, recount: Collection[str] = ()) -> int:
        """Make, attach and count whatever does not stand yet, and count anew what is named; return how many counts that were.

        Each count is finished by itself, so an installation that was interrupted goes on where it was. Errors: NotInstalled.
        """
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            self._remove_strays(self.tallies.names)
            self._make_state()
            known = tally_defects(self.tallies)
            wanting = [name for name, fault in known.items() if fault or name in recount]
            for number, name in enumerate(wanting, 1):
                definition = self.tallies.of(name)
                assert definition is not None
                began = time.monotonic()
                if known[name]:
                    self._attach(definition)
                self._count(definition)
                self.say(f"[{number}/{len(wanting)}] {name}: counted in {time.monotonic() - began:.1f} s")
            return len(wanting)

    def uninstall(self) -> None:
        """Remove everything. Errors: NotInstalled."""
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            for definition in self.tallies.definitions:
                self._alone_with(definition.host_tables, definition.drop)
            self._remove_strays(())

    def step_aside(self, tables: Iterable[str]) -> list[str]:
        """Remove the counts that watch one of these tables, which are about to change; return their names."""
        touched = set(tables)
        with exclusive_lock(LOCK_NAME, self.tallies.using):
            watching = [definition for definition in self.tallies.definitions if touched & {*definition.host_tables}]
            for definition in watching:
                self._forget(definition)
                self._alone_with(definition.host_tables, definition.drop)
        return [str(definition.name) for definition in watching]

    def _count(self, definition: TallyDefinition) -> None:
        """Count a definition anew while writes go on."""

        def run() -> None:
            with counting_transaction(self.tallies.using, definition) as cursor:
                populate(definition, cursor)
                record(definition, cursor)

        self._until_it_works(run, ", ".join(definition.host_tables))

    def _make_state(self) -> None:
        with connections[self.tallies.using].cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS {STATE} "
                "(name text PRIMARY KEY, definition text NOT NULL, triggers text NOT NULL, counted_at text NOT NULL)"
            )

    def _remove_strays(self, known: Iterable[str]) -> None:
        """Remove what an earlier declaration asked for, or what is left of anything."""
        if statements := list(orphan_removals(connections[self.tallies.using], {*known})):
            self._alone_with((), statements)

    def _attach(self, definition: TallyDefinition) -> None:
        """Make everything anew; from here until it is counted nothing of it is read."""
        self._forget(definition)
        self._alone_with(definition.host_tables, [*definition.drop, *definition.create, *definition.attach])

    def _forget(self, definition: TallyDefinition) -> None:
        if definition.name in installed_tallies(connections[self.tallies.using]):
            with connections[self.tallies.using].cursor() as cursor:
                cursor.execute(f"DELETE FROM {STATE} WHERE name = %s", [definition.name])

    def _alone_with(self, tables: Iterable[str], statements: Iterable[str]) -> None:
        """Run statements while nobody writes to the host's tables: milliseconds, once nobody is in the middle of writing."""
        names = ", ".join(tables)

        def run() -> None:
            with transaction.atomic(using=self.tallies.using), connections[self.tallies.using].cursor() as cursor:
                if cursor.db.vendor == "postgresql":
                    cursor.execute(f"SET LOCAL lock_timeout = {self.lock_milliseconds}")
                    if names:
                        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
                for statement in statements:
                    cursor.execute(statement)

        self._until_it_works(run, names)

    def _until_it_works(self, deed: Callable[[], None], names: str) -> None:
        """Try again while others hold what is needed. Errors: NotInstalled after so many seconds."""
        until = time.monotonic() + self.patience
        pause = 0.05
        while True:
            try:
                deed()
            except OperationalError as error:
                if time.monotonic() > until:
                    raise NotInstalled(f"{names}: in use for {self.patience:g} s, so nothing was changed: {error}") from error
                self.say(f"{names}: in use; trying again …")
                time.sleep(pause)
                pause = min(pause * 2, 2)
            else:
                return


def record(definition: TallyDefinition, cursor: Any) -> None:
    """Note that a count was made now, by this definition, and how its triggers stand."""
    cursor.execute(f"DELETE FROM {STATE} WHERE name = %s", [definition.name])
    triggers = trigger_fingerprint(definition, trigger_definitions(cursor.db))
    cursor.execute(
        f"INSERT INTO {STATE} (name, definition, triggers, counted_at) VALUES (%s, %s, %s, %s)",
        [definition.name, definition.fingerprint, triggers, timezone.now().isoformat()],
    )
