"""Keep the ledgers short: fold once a second for as long as a worker runs."""

import logging
from threading import Event, Thread

from django.db import connections
from django.db.utils import Error
from django.utils import timezone

from .declared import TallySet
from .folding import fold
from .ledgers import LARGE_BYTES, ledger_size, oldest_transaction, shrink_ledgers
from .source import tallied_source

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
# After a large fold more has come meanwhile: the next one follows soon.
SHORT_PAUSE_SECONDS = 0.25
LARGE_FOLD = 2000
LONG_PAUSE_SECONDS = 10.0
LOOK_EVERY_SECONDS = 5.0


def fold_before_snapshot(tallies: TallySet) -> int:
    """Fold before a snapshot; a failure costs no snapshot, since what is noted is read all the same."""
    try:
        return fold(tallies)
    except Error as error:
        logger.warning("The running counts could not be folded: %s", error)
        return 0


class FoldThread:
    """Folds in a thread of its own, since beat's shortest steps are too long and a queue may be full."""

    def __init__(self) -> None:
        self._ended = Event()
        self._thread = Thread(target=self._run, name="statistics-compactor", daemon=True)
        self._said = ""
        self._next_look = 0.0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the fold that is under way."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            try:
                pause = self._turn()
            except Error as error:
                logger.warning("The running counts could not be folded: %s", error)
                connections.close_all()
                pause = LONG_PAUSE_SECONDS
        connections.close_all()

    def _turn(self) -> float:
        """Fold once and return how long to rest."""
        tallies = tallied_source(timezone.now()).tallies
        if not any(definition.ledgers for definition in tallies.definitions):
            return LONG_PAUSE_SECONDS
        folded = fold(tallies)
        now = timezone.now().timestamp()
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_SECONDS
            self._look(tallies)
        return SHORT_PAUSE_SECONDS if folded > LARGE_FOLD else PAUSE_SECONDS

    def _look(self, tallies: TallySet) -> None:
        """Say who keeps the ledgers from being emptied, once; when nobody does any more, make them small again."""
        if ledger_size(tallies) < LARGE_BYTES:
            self._said = ""
            return
        found = oldest_transaction(tallies)
        if found is None:
            shrink_ledgers(tallies)
        elif self._said != str(found):
            self._said = str(found)
            logger.warning("The ledgers of the running counts grow, and reading them takes longer: %s.", found)
