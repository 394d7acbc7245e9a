"""One who reads, and holds every answer against counting in the same snapshot."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from random import Random

from django.db import connection, transaction

from statistics_app.db.transactions import consistent_read
from statistics_app.tallies.declared import TallySet

from .board import Board, Findings, Outcome
from .comparing import Difference, answers_differ, source_of, statement_differs
from .outcomes import outcome_of
from .writer import ERRORS

SNAPSHOTS = "snapshots compared"
OLD_SNAPSHOTS = "old snapshots compared"
SERIALIZABLE = "serializable compared"
STATEMENTS = "statements compared"
READS = (SNAPSHOTS, OLD_SNAPSHOTS, SERIALIZABLE, STATEMENTS)
# Below PostgreSQL's deadlock_timeout, so that who reads gives way to one who truncates.
LOCK_MILLISECONDS = 600
SECONDS = 60


@dataclass
class Reader:
    """Reads until the board says stop; whatever differs is found."""

    board: Board
    place: int
    chance: Random
    tallies: TallySet
    findings: Findings

    def work(self, until: Callable[[], bool]) -> None:
        """Read on and on."""
        while not until():
            self.read()

    def read(self) -> None:
        """Compare once. Errors: those that no reader may see."""
        name = self._choose()
        try:
            differences = list(self._compare(name))
        except ERRORS as error:
            outcome = outcome_of(error)
            if outcome is None:
                raise
            self.board.note(self.place, name, outcome)
            if outcome is Outcome.LOST:
                connection.close()
                time.sleep(0.1)
            return
        self.board.note(self.place, name, Outcome.DONE)
        for difference in differences:
            self.findings.add(kind="difference", read=name, **asdict(difference))

    def _choose(self) -> str:
        if connection.vendor != "postgresql":
            return SNAPSHOTS
        return self.chance.choices(READS, [10, 1, 1, 12])[0]

    def _compare(self, name: str) -> Iterator[Difference]:
        if name == STATEMENTS:
            self._give_way()
            yield from statement_differs(self.tallies)
        elif name == SERIALIZABLE:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY")
                self._give_way()
                yield from answers_differ(source_of(self.tallies), self.chance)
        else:
            with consistent_read("default", SECONDS):
                self._give_way()
                if name == OLD_SNAPSHOTS:
                    self._grow_old()
                yield from answers_differ(source_of(self.tallies), self.chance)

    def _give_way(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {LOCK_MILLISECONDS}")

    def _grow_old(self) -> None:
        """Take the snapshot, and look at it only when much has been written and folded since."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
        time.sleep(self.chance.uniform(0.1, 1.0))
