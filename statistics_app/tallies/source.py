"""A source that reads running counts where they stand, and asks the host's tables where they do not."""

from datetime import datetime
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..conf import COUNTED_LIVE, setting
from ..models.snapshot import Counting
from ..sources.base import ChatSource
from ..sources.loading import chat_source
from ..sources.mapped import MappedSource
from .machinery import Machinery, faults, machinery_of
from .plan import Count
from .sums import Sums


class Tallied(NamedTuple):
    """What a question needs to be answered out of sums: which counts, and a declaration of which table."""

    counts: frozenset[Count]
    table: str
    meaning: str = "model"


QUESTIONS = {
    "users": Tallied(frozenset({Count.USERS}), "user_table"),
    "user_languages": Tallied(frozenset({Count.USERS}), "user_table", "language"),
    "rooms": Tallied(frozenset({Count.ROOMS}), "room_table"),
    "messages": Tallied(frozenset({Count.MESSAGES}), "message_table"),
    "threads": Tallied(frozenset({Count.MESSAGES}), "message_table", "thread_root"),
    "discussions": Tallied(frozenset({Count.ROOMS, Count.MESSAGES}), "room_table", "discussion"),
    "pinned": Tallied(frozenset({Count.MESSAGES}), "message_table", "pinned"),
    "uploads": Tallied(frozenset({Count.UPLOADS}), "upload_table"),
    "teams": Tallied(frozenset({Count.ROOMS, Count.TEAMS}), "room_table", "team"),
    "top_rooms": Tallied(frozenset({Count.MESSAGES}), "message_table"),
    "room_use": Tallied(frozenset({Count.MESSAGES}), "message_table"),
}


def counting_source(at: datetime) -> "TalliedSource":
    """Make the host's source for one instant, with running counts where there are any."""
    return TalliedSource(chat_source(at))


def machinery_in_use(source: ChatSource) -> Machinery:
    """Return what a source and its database ask for; nothing where the host wants to be counted live."""
    return Machinery(source.using) if setting("COUNTING") == COUNTED_LIVE else machinery_of(source)


class TalliedSource:
    """Answers as the live source does, the same numbers at a cost that does not grow; the live one answers the rest.

    Each answer is one statement, right at every isolation level. Whether the sums can be read is looked up once, at the first
    question, so in the same view of the data as they.
    """

    def __init__(self, live: ChatSource) -> None:
        self.live = live
        self.using = live.using
        self.sums = Sums(self.machinery, self.using)

    def __getattr__(self, name: str) -> Any:
        """Answer, or let the live source answer."""
        return partial(self._answer, name) if name in QUESTIONS else getattr(self.live, name)

    @cached_property
    def machinery(self) -> Machinery:
        """What the source and its database ask for."""
        return machinery_in_use(self.live)

    @cached_property
    def faults(self) -> dict[Count, str]:
        """What is wrong with the machinery of each count; nothing when its sums can be read."""
        return faults(self.machinery, self.using)

    @property
    def ready(self) -> set[Count]:
        """The counts that are read from running sums; the others are counted live."""
        return {name for name, fault in self.faults.items() if not fault}

    def how_counted(self) -> tuple[Counting, dict[str, str]]:
        """Say how the answers come about, and for the counts that are made live, why."""
        if not self.machinery.definitions and not self.machinery.reasons:
            return Counting.LIVE, {}
        reasons = {**self.machinery.reasons, **{name: fault for name, fault in self.faults.items() if fault}}
        counted = Counting.TALLIES if not reasons else Counting.MIXED if self.ready else Counting.LIVE
        return counted, {str(name): reason for name, reason in reasons.items()}

    def _answer(self, question: str, *arguments: Any) -> Any:
        answering = self.sums if self._is_tallied(question) else self.live
        return getattr(answering, question)(*arguments)

    def _is_tallied(self, question: str) -> bool:
        """Say whether sums answer: they stand, the meaning is declared, and the host did not write a method of its own."""
        counts, table, meaning = QUESTIONS[question]
        own = getattr(type(self.live), question, None) is not getattr(MappedSource, question)
        return not own and counts <= self.ready and getattr(getattr(self.live, table), meaning, None) is not None
