"""Helpers and a fixture for tests of the running counts."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, clear_declared_tallies, declared_tallies
from statistics_app.tallies.installer import Installer
from tests.anychat.rows import create_tables, drop_tables


def normalized(answer: Any) -> Any:
    """Return an answer with its groups in a fixed order, since sources return them in any order."""
    return sorted(answer, key=repr) if isinstance(answer, list) else answer


def differences(tallies: TallySet) -> list[Any]:
    """Return the differences between the sums and a count of the rows."""
    found: list[Any] = []
    with connection.cursor() as cursor:
        for definition in tallies.definitions:
            cursor.execute(definition.compare)
            found += cursor.fetchall()
    return found


def database_objects() -> list[str]:
    """Return the names of all database objects with the prefix of the tallies, sorted."""
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE 'statistics_tally%'",
        "postgresql": (
            "SELECT relname FROM pg_class WHERE relname LIKE 'statistics_tally%' UNION ALL "
            "SELECT proname FROM pg_proc WHERE proname LIKE 'statistics_tally%' UNION ALL "
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'statistics_tally%'"
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(catalogue[connection.vendor])
        return sorted(name for (name,) in cursor.fetchall())


@pytest.fixture
def tallies(transactional_db: None) -> Iterator[TallySet]:
    """The definitions for the project's source, none of them installed; they are installed again after the test."""
    tallies = declared_tallies(chat_source(timezone.now()))
    installer = Installer(tallies, report=str)
    installer.uninstall()
    assert database_objects() == []
    yield tallies
    installer.uninstall()
    assert database_objects() == []
    installer.install()


@pytest.fixture
def anychat(tallies: TallySet) -> Iterator[None]:
    """The tables of the chat with a column of every type, without running counts."""
    create_tables()
    try:
        yield
    finally:
        Installer(tallies, report=str).uninstall()
        drop_tables()
        clear_declared_tallies()
