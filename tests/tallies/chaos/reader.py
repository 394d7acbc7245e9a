"""The reader, a worker that compares the running counts with counting the rows in the same snapshot."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from random import Random

from django.db import connection, transaction

from statistics_app.db.transactions import consistent_read
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.installed import installed_tallies, tally_defects
from statistics_app.tallies.plan import Count

from .comparing import Difference, compare_answers, compare_in_one_statement, make_source
from .counters import Counters, Findings, Outcome
from .outcomes import ERRORS, outcome_of_read

SNAPSHOTS = "snapshots compared"
OLD_SNAPSHOTS = "old snapshots compared"
SERIALIZABLE = "serializable compared"
STATEMENTS = "statements compared"
READS = (SNAPSHOTS, OLD_SNAPSHOTS, SERIALIZABLE, STATEMENTS)
# Compared as well, but at least one count was live, so that these are not among the reads.
PARTLY_LIVE = "partly live compared"
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
    is_live: bool = False

    def work(self, until: Callable[[], bool]) -> None:
        """Read repeatedly."""
        while not until():
            self.read()

    def read(self) -> None:
        """Compare once, and record the differences. Errors: unexpected database errors."""
        name, self.is_live = self._choose(), False
        try:
            differences = list(self._compare(name))
        except ERRORS as error:
            outcome = outcome_of_read(error)
            if outcome is None:
                raise
            self.counters.add(self.index, name, outcome)
            if outcome is Outcome.CONNECTION_LOST:
                connection.close()
                time.sleep(0.1)
            return
        self.counters.add(self.index, PARTLY_LIVE if self.is_live else name, Outcome.DONE)
        for difference in differences:
            self.findings.add(kind="difference", read=name, **asdict(difference))

    def _choose(self) -> str:
        if connection.vendor != "postgresql":
            return SNAPSHOTS
        return self.rng.choices(READS, [10, 1, 1, 12])[0]

    def _compare(self, name: str) -> Iterator[Difference]:
        if name == STATEMENTS:
            self._give_way()
            yield from self._compare_statement()
        elif name == SERIALIZABLE:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY")
                self._give_way()
                yield from self._compare_answers()
        else:
            with consistent_read("default", SECONDS):
                self._give_way()
                if name == OLD_SNAPSHOTS:
                    self._grow_old()
                yield from self._compare_answers()

    def _compare_answers(self) -> Iterator[Difference]:
        source = make_source(self.tallies)
        self.is_live = source.ready != set(Count)
        yield from compare_answers(source, self.rng, may_be_live=True)

    def _compare_statement(self) -> Iterator[Difference]:
        """Compare in one statement, if the count was in place before and after it, without having been repaired in between."""
        before = self._state()
        differences = list(compare_in_one_statement(self.tallies)) if before else []
        self.is_live = not before or before != self._state()
        if not self.is_live:
            yield from differences

    def _state(self) -> object:
        """Return when the messages were counted, or None if their count is not in use."""
        if tally_defects(self.tallies)[Count.MESSAGES]:
            return None
        installed = installed_tallies(connection).get(Count.MESSAGES)
        return installed and installed.counted_at

    def _give_way(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}")

    def _grow_old(self) -> None:
        """Take the snapshot, and wait until much has been written and folded since."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
        time.sleep(self.rng.uniform(0.1, 1.0))
