"""Comparisons of running counts with counting the rows, in one snapshot of the database."""

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

QUESTIONS = (
    *("users", "user_languages", "rooms", "messages", "threads", "discussions", "pinned", "rooms_with_pinned", "uploads"),
    *("teams", "default_team_rooms"),
)


@dataclass(frozen=True)
class Difference:
    """A difference: the question, the result of counting (`expected`) and that of the running counts (`found`)."""

    question: str
    expected: Any
    found: Any


class FixedSource(TalliedSource):
    """A tallied source with a given set of tallies, which may be a faulty variant."""

    def __init__(self, live: ChatSource, tallies: TallySet) -> None:
        self.tallies = tallies
        super().__init__(live)
        self.tallies = tallies


def make_source(tallies: TallySet) -> TalliedSource:
    """Return a source with the given tallies, for one comparison."""
    return FixedSource(chat_source(timezone.now()), tallies)


def compare_answers(tallied: TalliedSource, rng: Random | None = None, *, may_be_live: bool = False) -> Iterator[Difference]:
    """Compare a source with the live source on every question, in random order. The caller opens the transaction.

    That a count is not read from tallies is a difference, unless it `may_be_live`.
    """
    if not may_be_live and tallied.ready != set(Count):
        yield Difference("ready", sorted(Count), sorted(tallied.ready))
    rng = rng or Random(0)
    live = chat_source(timezone.now())
    for question in rng.sample(QUESTIONS, len(QUESTIONS)):
        sources = [live, tallied] if rng.random() < 0.5 else [tallied, live]
        answers = [normalized(getattr(source, question)()) for source in sources]
        if answers[0] != answers[1]:
            expected, found = answers if sources[0] is live else reversed(answers)
            yield Difference(question, expected, found)


def normalized(answer: Any) -> Any:
    """Return an answer with its groups, if it is a list, in a defined order."""
    return sorted(answer, key=repr) if isinstance(answer, list) else answer


def comparison_sql(definition: TallyDefinition) -> str:
    """Return a statement that compares classes, pins and threads with independently written counts."""
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


def compare_totals(tallies: TallySet) -> Iterator[Difference]:
    """Compare all sums with counts, with the comparison statement of each definition."""
    with connections[tallies.using].cursor() as cursor:
        for definition in tallies.definitions:
            cursor.execute(definition.compare)
            for key, expected, found in cursor.fetchall():
                yield Difference(f"{definition.name}: {key}", expected, found)


def compare_in_one_statement(tallies: TallySet) -> Iterator[Difference]:
    """Compare the counts of messages in a single statement."""
    definition = tallies.of(Count.MESSAGES)
    assert definition is not None
    with connections[tallies.using].cursor() as cursor:
        cursor.execute(comparison_sql(definition))
        for question, expected, found in cursor.fetchall():
            yield Difference(question, expected, found)
