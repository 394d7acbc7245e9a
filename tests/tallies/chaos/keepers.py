"""Those who keep the tallies while the chat goes on: they fold, they audit, they count anew."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.db import connection

from statistics_app.db.locks import exclusive_lock
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import TallyDefinition
from statistics_app.tallies.folding import LOCK_NAME
from statistics_app.tallies.installer import record
from statistics_app.tallies.transactions import counting_transaction

from .board import Board, Findings, Outcome
from .outcomes import outcome_of
from .writer import ERRORS

FOLDS = "folds"
ROWS = "rows folded"
AUDITS = "audits"
REBUILDS = "rebuilds"
KEPT = (FOLDS, ROWS, AUDITS, REBUILDS)

Fold = Callable[[TallySet], int]


@dataclass
class Keeper:
    """Does its part until the board says stop."""

    board: Board
    place: int
    chance: Random
    tallies: TallySet
    findings: Findings
    fold: Fold

    def compact(self, until: Callable[[], bool]) -> None:
        """Fold again and again."""
        while not until():
            self._try(FOLDS, self._fold)
            time.sleep(self.chance.uniform(0, 0.2))

    def rebuild(self, until: Callable[[], bool]) -> None:
        """Compare one count after the other in a counting transaction, and now and then count anew in it."""
        while not until():
            definition = self.chance.choice([*self.tallies.definitions, self.tallies.definitions[-1]])
            anew = self.chance.random() < 0.5
            self._try(REBUILDS if anew else AUDITS, lambda definition=definition, anew=anew: self._audit(definition, anew))
            time.sleep(self.chance.uniform(0.1, 0.5))

    def _try(self, name: str, deed: Callable[[], bool]) -> None:
        try:
            did = deed()
        except ERRORS as error:
            outcome = outcome_of(error)
            if outcome is None:
                raise
            self.board.note(self.place, name, outcome)
            connection.close()  # with whatever lock of the session is left
            time.sleep(0.1)
        else:
            if did:
                self.board.note(self.place, name, Outcome.DONE)

    def _fold(self) -> bool:
        folded = self.fold(self.tallies)
        self.board.note(self.place, ROWS, Outcome.DONE, folded)
        return folded > 0

    def _audit(self, definition: TallyDefinition, anew: bool) -> bool:
        with exclusive_lock(LOCK_NAME), counting_transaction("default", definition) as cursor:
            cursor.execute(definition.compare)
            for key, expected, found in cursor.fetchall():
                self.findings.add(kind="difference", read="audit", question=key, expected=expected, found=found)
            if anew:
                for statement in definition.populate:
                    cursor.execute(statement)
                record(definition, cursor)
        return True
