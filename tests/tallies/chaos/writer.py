"""One who writes: transaction after transaction, at any level, some undone, some in part."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import psycopg
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction

from .board import Board, Outcome
from .deeds import EDGES, LEVELS, SAVEPOINT, SEVERAL, Deed, Deeds
from .hand import Hand
from .outcomes import outcome_of

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
        try:
            with transaction.atomic():
                self.act()
                if self.chance.random() < 0.1:
                    raise TakenBackError
                self.now = EDGES
        except TakenBackError:
            self.note(Outcome.UNDONE)
        except ERRORS as error:
            self.fail(error)
        else:
            self.note(Outcome.DONE)

    def act(self) -> None:
        """Do one deed, or several."""
        if connection.vendor == "postgresql":
            level = self.chance.choices(list(LEVELS), list(LEVELS.values()))[0]
            with connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            self.level = level
        number = 1 if self.chance.random() < 0.6 else self.chance.randint(2, 4)
        with connection.cursor() as cursor:
            hand = Hand(cursor, self.chance, self.mark, self.cascades, self.made)
            try:
                for _ in range(number):
                    self.perform(hand, self.deeds.choose(self.chance, self.board))
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
