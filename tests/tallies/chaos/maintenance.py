"""Maintenance of the tallies during a run: folding, auditing and recounting."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from statistics_app.db.locks import exclusive_lock
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import TallyDefinition
from statistics_app.tallies.folding import LOCK_NAME
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import record
from statistics_app.tallies.transactions import counting_transaction

from .counters import Counters, Findings, Outcome
from .outcomes import attempt, outcome_of_read

FOLDS = "folds"
ROWS = "rows folded"
AUDITS = "audits"
REBUILDS = "rebuilds"
MAINTENANCE = (FOLDS, ROWS, AUDITS, REBUILDS)

Fold = Callable[[TallySet], int]


@dataclass
class Maintainer:
    """A worker that maintains the tallies until it is stopped."""

    counters: Counters
    index: int
    rng: Random
    tallies: TallySet
    findings: Findings
    fold: Fold

    def compact(self, until: Callable[[], bool]) -> None:
        """Fold repeatedly."""
        while not until():
            attempt(self.counters, self.index, FOLDS, self._fold, outcome_of_read)
            time.sleep(self.rng.uniform(0, 0.2))

    def rebuild(self, until: Callable[[], bool]) -> None:
        """Repeatedly audit a random definition in a counting transaction, and recount it in half of the cases."""
        while not until():
            definition = self.rng.choice([*self.tallies.definitions, self.tallies.definitions[-1]])
            recount = self.rng.random() < 0.5
            name = REBUILDS if recount else AUDITS
            attempt(self.counters, self.index, name, partial(self._audit, definition, recount), outcome_of_read)
            time.sleep(self.rng.uniform(0.1, 0.5))

    def _fold(self) -> bool:
        folded = self.fold(self.tallies)
        self.counters.add(self.index, ROWS, Outcome.DONE, folded)
        return folded > 0

    def _audit(self, definition: TallyDefinition, recount: bool) -> bool:
        with exclusive_lock(LOCK_NAME), counting_transaction("default", definition) as cursor:
            if tally_defects(self.tallies)[definition.name]:
                return False
            cursor.execute(definition.compare)
            for key, expected, found in cursor.fetchall():
                self.findings.add(kind="difference", read="audit", question=key, expected=expected, found=found)
            if recount:
                for statement in definition.populate:
                    cursor.execute(statement)
                record(definition, cursor)
        return True
