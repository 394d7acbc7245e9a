"""One who writes: transaction after transaction, at any level, some undone, some in part."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import psycopg
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction

from .board import QUIET_STEP, Board, Outcome
from .deeds import EDGES, LEVELS, SAVEPOINT, SEVERAL, Deed, Deeds
from .hand import Hand
from .on_everything import EMPTYING
from .outcomes import outcome_of

QUIET_SECONDS = 1.0
ERRORS = (DatabaseError, InterfaceError, psycopg.Error)


class TakenBackError(Exception):
    """Ends a transaction or a savepoint without an error of the database's."""


@dataclass
class Writer:
    """Writes until the board says stop, and notes how each deed ended."""

    board: Board
    place: int
    chance: Random
    deeds: Deeds
    mark: str
    cascades: bool
    made: int = 0
    now: str = ""
    done: list[str] = field(default_factory=list)

    def work(self, until: Callable[[], bool]) -> None:
        """Write on and on."""
        while not until():
            self.write()

    def write(self) -> None:
        """Do one transaction. Errors: those that no writer may see."""
        self.done, self.now = [], EDGES
        number = 1 if self.chance.random() < 0.6 else self.chance.randint(2, 4)
        chosen = [self.deeds.choose(self.chance, self.board) for _ in range(number)]
        emptying = [deed for deed in chosen if deed in EMPTYING]
        try:
            if emptying and self.chance.random() < 0.8:
                self.have_quiet()
                chosen = [*emptying[:1], *(deed for deed in chosen if deed not in EMPTYING)]
            else:
                self.board.keep_quiet()
            with transaction.atomic():
                self.act(chosen)
                if self.chance.random() < 0.1:
                    raise TakenBackError
                self.now = EDGES
        except TakenBackError:
            self.note(Outcome.UNDONE)
        except ERRORS as error:
            self.fail(error)
        else:
            self.note(Outcome.DONE)
        if emptying:
            self.board.ask_for_quiet(0)

    def have_quiet(self) -> None:
        """Wait until nobody else writes: who empties tables needs them for itself, and would seldom get them."""
        self.board.ask_for_quiet(QUIET_SECONDS)
        deadline = time.monotonic() + QUIET_SECONDS
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE application_name LIKE 'writer-%' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                )
                if not cursor.fetchone()[0]:
                    return
                time.sleep(QUIET_STEP)

    def act(self, chosen: list[Deed]) -> None:
        """Do one deed, or several."""
        if connection.vendor == "postgresql":
            level = self.chance.choices(list(LEVELS), list(LEVELS.values()))[0]
            with connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            self.level = level
        with connection.cursor() as cursor:
            hand = Hand(cursor, self.chance, self.mark, self.cascades, self.made)
            try:
                for deed in chosen:
                    self.perform(hand, deed)
            finally:
                self.made = hand.made
        if len(self.done) > 1:
            self.done.append(SEVERAL)

    def perform(self, hand: Hand, deed: Deed) -> None:
        """Do a deed, perhaps in a savepoint; one that is undone there leaves the rest of the transaction."""
        self.now = deed.__name__
        if self.chance.random() < 0.75:
            self.count(deed(hand))
            return
        try:
            with transaction.atomic():
                touched = deed(hand)
                if self.chance.random() < 0.4:
                    raise TakenBackError
            self.count(touched)
        except TakenBackError:
            if touched:
                self.done.append(SAVEPOINT)
        except IntegrityError as error:
            self.board.note(self.place, self.now, outcome_of(error) or Outcome.CONSTRAINT)

    def count(self, touched: int) -> None:
        """Count a deed that changed something."""
        if touched > 0:
            self.done.append(self.now)

    def note(self, outcome: Outcome) -> None:
        """Note how all that was done ended."""
        for name in self.done:
            self.board.note(self.place, name, outcome)
        if connection.vendor == "postgresql":
            self.board.note(self.place, self.level, outcome)

    def fail(self, error: BaseException) -> None:
        """Note an error under the deed that met it."""
        outcome = outcome_of(error)
        if outcome is None:
            raise error
        self.board.note(self.place, self.now, outcome)
        if outcome is Outcome.LOST:
            connection.close()
            time.sleep(0.1)
