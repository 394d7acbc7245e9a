"""SQLite's memory during an import."""

from pathlib import Path

import pytest
from django.db import connection

from statsproject.chat.importers.load import LoadOptions
from statsproject.chat.importers.load import load as load_export
from statsproject.chat.importers.rocketchat.export import RocketChatExport
from statsproject.chat.importers.sqlite_memory import memory_for_writes
from tests.importers.exports import export, user

pytestmark = [pytest.mark.only_sqlite]


def settings() -> tuple[int, int]:
    """Return where temporary files are, and the size of the cache."""
    with connection.cursor() as cursor:
        return tuple(cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("temp_store", "cache_size"))  # type: ignore[return-value] # two


@pytest.mark.django_db(transaction=True)
def test_an_import_uses_more_memory_while_it_writes(tmp_path: Path) -> None:
    before, during = settings(), []
    folder = export(tmp_path / "export", users=[user("u1")])
    load_export(RocketChatExport(folder), LoadOptions(tmp_path / "r"), lambda stream, report: during.append(settings()))
    assert during == [(2, -65_536)]
    assert settings() == before != during[0]


@pytest.mark.django_db
def test_within_a_transaction_nothing_changes() -> None:
    before = settings()
    with memory_for_writes():
        assert settings() == before
