"""Ask many questions so that none can spoil another: not by failing, and not by hanging."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connections
from django.utils import timezone

from ..db.transactions import consistent_read, limited_savepoint
from ..exceptions import StatisticsError

logger = logging.getLogger(__name__)

# A database ends a statement at the limit; only what hangs elsewhere is given up, this much later.
GRACE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one question: a value, or the reason why there is none."""

    value: Any = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class HungQuestion:
    """A question that was given up while it was being asked, and the thread that still waits for it."""

    thread: threading.Thread
    since: datetime


_hung: dict[str, HungQuestion] = {}


@dataclass(frozen=True, slots=True)
class QuestionRunner:
    """How questions are asked: of which database, and how long one may take."""

    using: str
    seconds: float

    def ask(self, questions: Mapping[str, Callable[[], Any]]) -> dict[str, Answer]:
        """Ask one question after the other and return the answers by name.

        They are asked in a thread and on a connection of their own; one that hangs is given up, and a new thread goes on
        with the next. Inside a transaction of the caller's they are asked there, since only there is its own work visible;
        then only statements of the database are limited in time.
        Errors: django.db.OperationalError when the database is away.
        """
        if connections[self.using].in_atomic_block:
            with consistent_read(self.using, self.seconds):
                return {name: self.ask_one(name, question) for name, question in questions.items()}
        answers: dict[str, Answer] = {}
        waiting = deque(questions.items())
        while waiting:
            answers |= _Round(self, waiting).run()
        return answers

    def ask_one(self, name: str, question: Callable[[], Any]) -> Answer:
        """Ask one question: what was expected to go wrong is told, anything else is logged as well."""
        try:
            with limited_savepoint(self.using, self.seconds):
                return Answer(question())
        except StatisticsError as error:
            return Answer(problem=str(error))
        except Exception as error:  # a question is the host's code: it must not take the other answers with it
            logger.exception("The question %r failed.", name)
            return Answer(problem=f"{type(error).__name__}: the log has the details.")


class _Round:
    """One thread's turn at the questions that are left: it takes from `waiting` what it answered or gave up."""

    def __init__(self, asking: QuestionRunner, waiting: deque[tuple[str, Callable[[], Any]]]) -> None:
        self.asking = asking
        self.waiting = waiting
        self.inbox: SimpleQueue[Answer | BaseException] = SimpleQueue()
        self.given_up = threading.Event()

    def run(self) -> dict[str, Answer]:
        """Return the answers of this turn."""
        thread = threading.Thread(target=self._answer_all, args=(list(self.waiting),), name="statistics-questions", daemon=True)
        thread.start()
        answers = {}
        while self.waiting and not self.given_up.is_set():
            name = self.waiting[0][0]
            answers[name] = self._next_answer(name, thread)
            self.waiting.popleft()
        thread.join(None if not self.given_up.is_set() else 0)
        return answers

    def _next_answer(self, name: str, thread: threading.Thread) -> Answer:
        try:
            answer = self.inbox.get(timeout=self.asking.seconds + GRACE_SECONDS)
        except Empty:
            self.given_up.set()
            _hung[name] = HungQuestion(thread, timezone.now())
            logger.error(  # noqa: TRY400 - there is no trace: the other thread stands where it stands
                "The question %r hangs; it was given up.", name
            )
            return Answer(problem=f"No answer within {self.asking.seconds:g} s.")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _answer_all(self, questions: Sequence[tuple[str, Callable[[], Any]]]) -> None:
        try:
            with consistent_read(self.asking.using, self.asking.seconds):
                for name, question in questions:
                    if self.given_up.is_set():
                        return
                    self.inbox.put(_still_hanging(name) or self.asking.ask_one(name, question))
        except BaseException as error:  # handed to the thread that waits for it
            self.inbox.put(error)
        finally:
            connections.close_all()


def _still_hanging(name: str) -> Answer | None:
    """Do not pile up threads on a question that never answers: while one waits, say since when."""
    hung = _hung.get(name)
    if hung is None:
        return None
    if hung.thread.is_alive():
        return Answer(problem=f"No answer since {hung.since:%Y-%m-%d %H:%M:%S} UTC; it is still being waited for.")
    del _hung[name]
    return None
