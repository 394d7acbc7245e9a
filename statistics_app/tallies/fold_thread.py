"""The thread of a Celery worker that keeps the ledgers short by folding them once a second."""

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
# After a large fold, many changes have been recorded in the meantime, so the next fold follows sooner.
SHORT_PAUSE_SECONDS = 0.25
LARGE_FOLD = 2000
LONG_PAUSE_SECONDS = 10.0
CHECK_SECONDS = 5.0


def fold_before_snapshot(tallies: TallySet) -> int:
    """Fold and return the number of folded rows; log a failure, since the numbers are correct without a fold too."""
    try:
        return fold(tallies)
    except Error as error:
        logger.warning("The running counts could not be folded: %s", error)
        return 0


class FoldThread:
    """A thread that folds; a periodic task could be delayed by a full queue, and beat's shortest interval is too long."""

    def __init__(self) -> None:
        self._ended = Event()
        self._thread = Thread(target=self._run, name="statistics-fold", daemon=True)
        self._last_warning = ""
        self._next_check = 0.0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, after the current fold."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            try:
                pause = self._fold_once()
            except Error as error:
                logger.warning("The running counts could not be folded: %s", error)
                pause = LONG_PAUSE_SECONDS
            except Exception:  # a source of the host's that cannot be imported, say: the thread has to outlast it
                logger.exception("The running counts could not be folded.")
                pause = LONG_PAUSE_SECONDS
            finally:
                if pause == LONG_PAUSE_SECONDS:
                    connections.close_all()
        connections.close_all()

    def _fold_once(self) -> float:
        """Fold once and return the pause until the next fold, in seconds."""
        tallies = tallied_source(timezone.now()).tallies
        if not any(definition.ledgers for definition in tallies.definitions):
            return LONG_PAUSE_SECONDS
        folded = fold(tallies)
        now = timezone.now().timestamp()
        if now >= self._next_check:
            self._next_check = now + CHECK_SECONDS
            self._check_ledgers(tallies)
        return SHORT_PAUSE_SECONDS if folded > LARGE_FOLD else PAUSE_SECONDS

    def _check_ledgers(self, tallies: TallySet) -> None:
        """Log, once, which session prevents large ledgers from being vacuumed; shrink them when there is none (any more)."""
        if ledger_size(tallies) < LARGE_BYTES:
            self._last_warning = ""
            return
        transaction = oldest_transaction(tallies)
        if transaction is None:
            shrink_ledgers(tallies)
        elif self._last_warning != str(transaction):
            self._last_warning = str(transaction)
            logger.warning("The ledgers of the running counts grow, and reading them takes longer: %s.", transaction)
