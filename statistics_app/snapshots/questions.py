"""Asking many questions in isolation: one that fails or hangs does not affect the others."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connections
from django.utils import timezone

from ..db.failures import is_cancelled
from ..db.transactions import IsolatedReads, chosen_search_path, consistent_read, release_connections
from ..exceptions import StatisticsError

logger = logging.getLogger(__name__)

# The database cancels a statement at the limit; a question that hangs elsewhere is abandoned this much later.
GRACE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: a value, or the reason why there is none; and how long it took."""

    value: Any = None
    problem: str = ""
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class HungQuestion:
    """A question that was abandoned while it was running, and the thread that is still running it."""

    thread: threading.Thread
    since: datetime


_hung: dict[str, HungQuestion] = {}


@dataclass(frozen=True, slots=True)
class QuestionRunner:
    """Asks questions of one database, each with a time limit in seconds."""

    using: str
    seconds: float

    def ask(self, questions: Mapping[str, Callable[[], Any]]) -> dict[str, Answer]:
        """Ask one question after the other and return the answers by name.

        The questions run in a separate thread with its own connection; one that hangs is abandoned, and a new thread
        continues with the next. If the caller has opened a transaction, the questions run in it, since only there its own
        changes are visible; then only database statements are limited in time.
        Errors: django.db.OperationalError if the database is unavailable.
        """
        if connections[self.using].in_atomic_block:
            with consistent_read(self.using, self.seconds, limit_statements=True):
                reads = IsolatedReads(self.using, self.seconds)
                return {name: ask_one(reads, name, question) for name, question in questions.items()}
        # The other thread needs a connection, and this one needs none until it has answered.
        search_path = chosen_search_path(self.using)
        release_connections()
        answers: dict[str, Answer] = {}
        pending = deque(questions.items())
        while pending:
            answers |= _Round(self, pending, search_path).run()
        return answers


def ask_one(reads: IsolatedReads, name: str, question: Callable[[], Any]) -> Answer:
    """Ask one question; an expected error becomes the answer's problem, any other error is logged as well."""
    began = time.perf_counter()
    answer = _answer_to(reads, name, question)
    return replace(answer, seconds=time.perf_counter() - began)


def _answer_to(reads: IsolatedReads, name: str, question: Callable[[], Any]) -> Answer:
    try:
        with reads.isolated():
            return Answer(question())
    except StatisticsError as error:
        return Answer(problem=str(error))
    # A question is the host's code: neither an error nor `sys.exit` may affect the other answers, or end the process.
    except (Exception, SystemExit) as error:
        logger.exception("The question %r failed.", name)
        reason = f"The database took longer than {reads.seconds:g} s" if is_cancelled(error) else type(error).__name__
        return Answer(problem=f"{reason}: see the log for details.")


class _Round:
    """One thread's run over the pending questions, which ends with the last one or with one that hangs.

    Questions that were answered or abandoned are removed from `pending`.
    """

    def __init__(self, runner: QuestionRunner, pending: deque[tuple[str, Callable[[], Any]]], search_path: str) -> None:
        self.runner = runner
        self.search_path = search_path
        self.pending = pending
        self.results: SimpleQueue[Answer | BaseException] = SimpleQueue()
        self.abandoned = threading.Event()

    def run(self) -> dict[str, Answer]:
        """Run the thread and return its answers by name."""
        thread = threading.Thread(target=self._answer_all, args=(list(self.pending),), name="statistics-questions", daemon=True)
        thread.start()
        answers = {}
        while self.pending and not self.abandoned.is_set():
            name = self.pending[0][0]
            answers[name] = self._next_answer(name, thread)
            self.pending.popleft()
        thread.join(None if not self.abandoned.is_set() else 0)
        return answers

    def _next_answer(self, name: str, thread: threading.Thread) -> Answer:
        try:
            answer = self.results.get(timeout=self.runner.seconds + GRACE_SECONDS)
        except Empty:
            self.abandoned.set()
            _hung[name] = HungQuestion(thread, timezone.now())
            logger.error(  # noqa: TRY400 - the traceback would be this thread's, not that of the one that hangs
                "The question %r hangs and was abandoned.", name
            )
            return Answer(problem=f"No answer within {self.runner.seconds:g} s.", seconds=self.runner.seconds + GRACE_SECONDS)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _answer_all(self, questions: Sequence[tuple[str, Callable[[], Any]]]) -> None:
        try:
            with consistent_read(self.runner.using, self.runner.seconds, self.search_path, limit_statements=True):
                reads = IsolatedReads(self.runner.using, self.runner.seconds)
                for name, question in questions:
                    if self.abandoned.is_set():
                        return
                    self.results.put(_still_hanging(name) or ask_one(reads, name, question))
        except BaseException as error:  # passed to the waiting thread, which raises it
            self.results.put(error)
        finally:
            connections.close_all()


def _still_hanging(name: str) -> Answer | None:
    """Return an answer that states since when the question hangs, or None if no thread is still running it.

    A question that never returns must not block one thread after another.
    """
    hung = _hung.get(name)
    if hung is None:
        return None
    if hung.thread.is_alive():
        return Answer(problem=f"No answer since {hung.since:%Y-%m-%d %H:%M:%S} UTC; the question is still running.")
    del _hung[name]
    return None
