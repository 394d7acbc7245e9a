"""Any declaration is refused in words by the system check, or counted exactly, whatever is written."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from statistics_app.exceptions import NotAnswered
from statistics_app.sources.mapped import MappedSource
from statistics_app.tallies.declared import TallySet, clear_declared_tallies, declared_tallies
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.overrides import QUESTIONS
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import TalliedSource
from tests.anychat.declarations import source_of, sources
from tests.anychat.rows import fill, write

from .conftest import normalized

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

WRITES = 6


@pytest.fixture
def outcomes(anychat: None) -> Iterator[Counter[str]]:
    """How many mappings were refused and accepted, and how many counts were installed or live; a failed test reports it."""
    outcomes: Counter[str] = Counter()
    yield outcomes
    print(dict(outcomes))


def require_exact(source: type[MappedSource], seed: int, outcomes: Counter[str]) -> None:
    """Require that a mapping is refused in words, or that it is counted exactly whatever is written."""
    refused = source.check()
    if refused:
        assert all(error.id == "statistics_app.E003" and len(error.msg.split()) > 3 for error in refused)
        outcomes["refused"] += 1
        return
    random = Random(seed)
    fill(random)
    clear_declared_tallies()
    counts = declared_tallies(source(timezone.now()))
    installer = Installer(counts, report=str)
    installer.install()
    require_equal_answers(source, counts)
    try:
        for _ in range(WRITES):
            require_write(write(random), installer)
            if random.random() < 0.3:
                fold(counts)
        require_equal_answers(source, counts)
        fold(counts)
        require_equal_answers(source, counts)
    finally:
        outcomes["accepted"] += 1
        for count in Count:
            outcomes[f"{count} {'installed' if counts.of(count) else 'live'}"] += 1
        installer.uninstall()


def require_write(operation: Callable[[], Any], installer: Installer) -> None:
    """Perform a write; require of one that fails that it would fail without running counts as well."""
    try:
        operation()
    except (DatabaseError, sqlite3.Error):
        installer.uninstall()
        try:
            operation()
        except (DatabaseError, sqlite3.Error):
            installer.install()
        else:
            raise


def require_equal_answers(source: type[MappedSource], counts: TallySet) -> None:
    """Require the same answer of the live and the tallied source to every question, and that every count is in use."""
    at = timezone.now()
    tallied = TalliedSource(source(at))
    assert not any(tallied.defects.values()), tallied.defects
    for question in QUESTIONS:
        live = answer(source(at), question)
        if live[0] != "failed":
            assert answer(tallied, question) == live, question


def answer(source: Any, question: str) -> tuple[str, Any]:
    """Return the answer to a question, or why there is none; a database's error depends on the rows and the declared types."""
    try:
        return "answered", normalized(getattr(source, question)())
    except NotAnswered as error:
        return "not answered", str(error)
    except DatabaseError as error:
        return "failed", type(error)


def run(outcomes: Counter[str], examples: int, *, part: int | None = None) -> None:
    """Try so many mappings; without the number of a part the same ones in every run, and unshrunk, which can take minutes."""
    is_short = part is None

    @seed(part)
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=is_short,
        phases=[Phase.generate] if is_short else list(Phase),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(declared=sources(), chosen=st.integers(0, 2**32))
    def every_mapping(declared: dict[str, Any], chosen: int) -> None:
        try:
            require_exact(source_of(declared), chosen, outcomes)
        except BaseException as error:
            error.add_note(f"{declared!r}, {chosen}")
            raise

    every_mapping()


def test_any_declaration_is_refused_in_words_or_counted_exactly(outcomes: Counter[str]) -> None:
    run(outcomes, examples=40)


# In parts, so that a run shows its progress, and several processes can share it.
@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(20))
def test_many_declarations_are_refused_in_words_or_counted_exactly(outcomes: Counter[str], part: int) -> None:
    run(outcomes, examples=100, part=part)
