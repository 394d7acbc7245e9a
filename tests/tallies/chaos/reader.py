"""The reader, a worker that compares the running counts with counting the rows in the same snapshot."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from random import Random

from django.db import connection, transaction

from statistics_app.db.transactions import consistent_read
from statistics_app.tallies.declared import TallySet

from .comparing import Difference, compare_answers, compare_in_one_statement, make_source
from .counters import Counters, Findings, Outcome
from .outcomes import outcome_of
from .writer import ERRORS

SNAPSHOTS = "snapshots compared"
OLD_SNAPSHOTS = "old snapshots compared"
SERIALIZABLE = "serializable compared"
STATEMENTS = "statements compared"
READS = (SNAPSHOTS, OLD_SNAPSHOTS, SERIALIZABLE, STATEMENTS)
# Below PostgreSQL's default deadlock_timeout, so that a reader gives way to a TRUNCATE.
LOCK_TIMEOUT_MILLISECONDS = 600
SECONDS = 60


@dataclass
class Reader:
    """A worker that reads until it is stopped, and records all differences."""

    counters: Counters
    index: int
    rng: Random
    tallies: TallySet
    findings: Findings

    def work(self, until: Callable[[], bool]) -> None:
        """Read repeatedly."""
        while not until():
            self.read()

    def read(self) -> None:
        """Compare once, and record the differences. Errors: unexpected database errors."""
        name = self._choose()
        try:
            differences = list(self._compare(name))
        except ERRORS as error:
            outcome = outcome_of(error)
            if outcome is None:
                raise
            self.counters.add(self.index, name, outcome)
            if outcome is Outcome.CONNECTION_LOST:
                connection.close()
                time.sleep(0.1)
            return
        self.counters.add(self.index, name, Outcome.DONE)
        for difference in differences:
            self.findings.add(kind="difference", read=name, **asdict(difference))

    def _choose(self) -> str:
        if connection.vendor != "postgresql":
            return SNAPSHOTS
        return self.rng.choices(READS, [10, 1, 1, 12])[0]

    def _compare(self, name: str) -> Iterator[Difference]:
        if name == STATEMENTS:
            self._give_way()
            yield from compare_in_one_statement(self.tallies)
        elif name == SERIALIZABLE:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY")
                self._give_way()
                yield from compare_answers(make_source(self.tallies), self.rng)
        else:
            with consistent_read("default", SECONDS):
                self._give_way()
                if name == OLD_SNAPSHOTS:
                    self._grow_old()
                yield from compare_answers(make_source(self.tallies), self.rng)

    def _give_way(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}")

    def _grow_old(self) -> None:
        """Take the snapshot, and wait until much has been written and folded since."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
        time.sleep(self.rng.uniform(0.1, 1.0))
