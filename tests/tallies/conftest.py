"""The machinery of running counts, for tests that take it apart."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet, declared_tallies
from statistics_app.tallies.installer import Installer


def alike(answer: Any) -> Any:
    """Put groups into one order."""
    return sorted(answer, key=repr) if isinstance(answer, list) else answer


def differences(tallies: TallySet) -> list[Any]:
    """Compare every sum with a count, in the database."""
    found: list[Any] = []
    with connection.cursor() as cursor:
        for definition in tallies.definitions:
            cursor.execute(definition.compare)
            found += cursor.fetchall()
    return found


def everything_of_ours() -> list[str]:
    """List what stands in the database under our prefix."""
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
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture
def tallies(transactional_db: None) -> Iterator[TallySet]:
    """Take away what `migrate` installed, and see that nothing is left; put it back afterwards."""
    tallies = declared_tallies(chat_source(timezone.now()))
    installer = Installer(tallies, say=str)
    installer.uninstall()
    assert everything_of_ours() == []
    yield tallies
    installer.uninstall()
    assert everything_of_ours() == []
    installer.install()
