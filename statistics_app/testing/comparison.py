"""The comparison of a source's answers with what was written."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from django.db.models import Model
from django.utils import timezone

from ..exceptions import NotAnswered
from ..sources.base import ChatSource
from ..tallies.folding import fold
from ..tallies.source import TalliedSource
from .answers import COUNTED, EARLIEST, Answer, Days, ask, ask_all, numbers
from .chat import Chat
from .drawing import DAYS
from .expected import expected_answers
from .running_counts import counting_by_triggers
from .writes import rows_of, with_parents

# Of an answer with many differences, these are shown.
EXAMPLES = 6


class Comparison:
    """Compares every answer with that before the first write plus what was written since."""

    def __init__(
        self,
        chat: Chat,
        source: type[ChatSource],
        since: datetime,
        *,
        plain_counts: Callable[[], Mapping[str, Any]],
        empty_teams_count: bool,
        running_counts: bool,
        has_presences: bool,
        has_types: bool,
    ) -> None:
        self.chat, self.source, self.plain_counts = chat, source, plain_counts
        self.since, self.until = since, since + timedelta(days=DAYS)
        self.empty_teams_count, self.running_counts = empty_teams_count, running_counts
        self.has_presences, self.has_types = has_presences, has_types
        self.before: dict[str, Answer] = {}

    def begin(self) -> None:
        """Note the answers before the first write: rows that a migration has written, for example."""
        answers = self._ask_all(self.source(timezone.now()))
        self.before = {question: self._alike(question, answer) for question, answer in answers.items()}

    def fold(self) -> None:
        """Fold what was recorded into the sums; nothing happens in a transaction of the test."""
        if self.running_counts:
            with counting_by_triggers():
                fold(TalliedSource(self.source(timezone.now())).tallies)

    def require_same(self, when: str) -> None:
        """Require every answer to be exact. Errors: AssertionError, which names the first that is not."""
        self._require_own_rows_only(when)
        live = self.source(timezone.now())
        expected = self._expected(live)
        found = {question: self._alike(question, answer) for question, answer in self._ask_all(live).items()}
        for question, right in expected.items():
            _require_equal(question, right, found[question], f"counted live, {when}")
        for question, counted in self.plain_counts().items():
            right = numbers(counted) if not isinstance(counted, datetime | None) else counted
            _require_equal(question, right, found[question], f"compared with plain_counts, {when}")
        if self.running_counts:
            self._require_tallied(expected, when)

    def _require_tallied(self, expected: Mapping[str, Answer], when: str) -> None:
        with counting_by_triggers():
            tallied = TalliedSource(self.source(timezone.now()))
            days = Days(tallied, self.since, self.until)
            defects = {str(name): defect for name, defect in tallied.defects.items() if defect}
            if defects:
                raise AssertionError(f"Running counts are defect {when}: {defects}")
            for question in COUNTED:
                if question in expected:
                    found = self._alike(question, ask(days, question))
                    _require_equal(question, expected[question], found, f"from running counts, {when}")

    def _expected(self, source: ChatSource) -> dict[str, Answer]:
        written = expected_answers(self.chat, source.event_kinds(), empty_teams_count=self.empty_teams_count)
        return {
            question: _sum(question, before, self._alike(question, written[question]))
            for question, before in self.before.items()
            if not isinstance(before, NotAnswered)
        }

    def _ask_all(self, source: ChatSource) -> dict[str, Answer]:
        return ask_all(source, self.since, self.until)

    def _alike(self, question: str, answer: Answer) -> Answer:
        """Return the numbers of users without the properties that the host's factories cannot give them."""
        if question != "users" or not isinstance(answer, Counter):
            return answer
        alike: Counter[Any] = Counter()
        for (active, presence, type_), number in answer.items():
            alike[active, presence if self.has_presences else None, type_ if self.has_types else None] += number
        return alike

    def _require_own_rows_only(self, when: str) -> None:
        """Require that no other rows were added to the tables than those that the factories made."""
        stored = [type(row.instance) for row in self.chat.all() if row.is_stored]
        made: Counter[type[Model]] = Counter(chain.from_iterable(map(with_parents, stored)))
        for model, before in self.chat.rows_before.items():
            if (there := rows_of(model).count()) != before + made[model]:
                extra = "Something else writes to the table, such as a signal or a factory."
                raise AssertionError(f"{model._meta.label} has {there} rows {when}; expected {before + made[model]}. {extra}")


def _sum(question: str, before: Answer, written: Answer) -> Answer:
    if isinstance(before, Counter) and isinstance(written, Counter):
        return before + written
    instants = [moment for moment in (before, written) if isinstance(moment, datetime)]
    return (min if question in EARLIEST else max)(instants, default=None)


def _require_equal(question: str, expected: Answer, found: Answer, when: str) -> None:
    if isinstance(expected, Counter) and isinstance(found, Counter):
        if expected != found:
            right, wrong = _differing(expected, found)
            raise AssertionError(f"{question}(), {when}: expected {right}, found {wrong}.")
    elif expected != found:
        shown = f"no answer ({found})" if isinstance(found, NotAnswered) else found
        raise AssertionError(f"{question}(), {when}: expected {expected}, found {shown}.")


def _differing(expected: "Counter[Any]", found: "Counter[Any]") -> tuple[str, str]:
    """Write what differs of two answers, by the same keys."""
    keys = sorted((key for key in {*expected, *found} if expected[key] != found[key]), key=str)
    shown = list(islice(keys, EXAMPLES))
    rest = f" and {len(keys) - len(shown)} more" if len(keys) > len(shown) else ""
    return _written(expected, shown), _written(found, shown) + rest


def _written(numbers_: "Counter[Any]", keys: list[Any]) -> str:
    return ", ".join(f"{_key(key)} {numbers_[key]}" for key in keys)


def _key(key: Any) -> str:
    return " ".join(map(_key, key)) if isinstance(key, tuple) else str(key)
