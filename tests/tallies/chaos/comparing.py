"""Hold running counts against counting, in one snapshot of the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import connections
from django.utils import timezone

from statistics_app.sources.base import ChatSource
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.definitions import TallyDefinition
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import TalliedSource

QUESTIONS = ("users", "user_languages", "rooms", "messages", "threads", "discussions", "pinned", "uploads", "teams")


@dataclass(frozen=True)
class Difference:
    """What is wrong: the question, what counting gives and what the running counts give."""

    question: str
    expected: Any
    found: Any


class GivenSource(TalliedSource):
    """The source of tallies over a machinery that is given, which may be a wrong one."""

    def __init__(self, live: ChatSource, tallies: TallySet) -> None:
        self.tallies = tallies
        super().__init__(live)
        self.tallies = tallies


def source_of(tallies: TallySet) -> TalliedSource:
    """Make the source of a machinery, for one look."""
    return GivenSource(chat_source(timezone.now()), tallies)


def answers_differ(tallied: TalliedSource, chance: Random | None = None) -> Iterator[Difference]:
    """Ask a source and the live one everything, in any order; the caller opens the transaction."""
    if tallied.ready != set(Count):
        yield Difference("ready", sorted(Count), sorted(tallied.ready))
    chance = chance or Random(0)
    live = chat_source(timezone.now())
    for question in chance.sample(QUESTIONS, len(QUESTIONS)):
        sources = [live, tallied] if chance.random() < 0.5 else [tallied, live]
        answers = [alike(getattr(source, question)()) for source in sources]
        if answers[0] != answers[1]:
            expected, found = answers if sources[0] is live else reversed(answers)
            yield Difference(question, expected, found)


def alike(answer: Any) -> Any:
    """Put groups into one order."""
    return sorted(answer, key=repr) if isinstance(answer, list) else answer


def statement_of(definition: TallyDefinition) -> str:
    """Compare classes, pins and threads in one statement, against counts that were written by hand."""
    return f"""
WITH counted AS (
  SELECT r.type || CASE WHEN r.parent_id IS NULL THEN '' ELSE '+' END AS class,
    count(*) AS n, count(*) FILTER (WHERE m.is_pinned) AS pinned
  FROM chat_message m JOIN chat_room r ON r.id = m.room_id WHERE r.type IN ('c', 'p', 'd', 'l') GROUP BY 1),
found AS (SELECT * FROM ({definition.classes}) f (class, n, pinned) WHERE class IS NOT NULL)
SELECT 'messages and pins ' || class, concat_ws(' ', coalesce(c.n, 0), coalesce(c.pinned, 0)),
  concat_ws(' ', coalesce(f.n, 0), coalesce(f.pinned, 0))
FROM counted c FULL JOIN found f USING (class)
WHERE coalesce(c.n, 0) <> coalesce(f.n, 0) OR coalesce(c.pinned, 0) <> coalesce(f.pinned, 0)
UNION ALL
SELECT 'threads', e.n::text, f.n::text FROM (
  SELECT count(DISTINCT m.thread_root_id) AS n
  FROM chat_message m JOIN chat_room r ON r.id = m.room_id WHERE r.type IN ('c', 'p', 'd', 'l')) e,
  ({definition.thread_count}) f (n) WHERE e.n <> f.n"""


def sums_differ(tallies: TallySet) -> Iterator[Difference]:
    """Let the database compare every sum with a count, each in one statement."""
    with connections[tallies.using].cursor() as cursor:
        for definition in tallies.definitions:
            cursor.execute(definition.compare)
            for key, expected, found in cursor.fetchall():
                yield Difference(f"{definition.name}: {key}", expected, found)


def statement_differs(tallies: TallySet) -> Iterator[Difference]:
    """Compare what is said of messages in one statement."""
    definition = tallies.of(Count.MESSAGES)
    assert definition is not None
    with connections[tallies.using].cursor() as cursor:
        cursor.execute(statement_of(definition))
        for question, expected, found in cursor.fetchall():
            yield Difference(question, expected, found)
