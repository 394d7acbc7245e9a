"""Backups are taken and restored by exactly the commands that docs/operating.md prints."""

import json
from collections.abc import Iterator

import pytest

from tests.services.postgresql import PostgreSQL

from .databases import SNAPSHOTS, SUMS, TOKENS, TOTALS, Database
from .printed import commands

pytestmark = [pytest.mark.long, pytest.mark.only_sqlite]  # once: each test uses servers of its own

BACKUP = "Backup"
WHOLE = "Save and restore a PostgreSQL database"
CHAT = "Save and restore the chat alone"
ROWS = "Restore rows into existing tables"
MESSAGE_EVENTS = "SELECT sum(number) - sum(removed) FROM statistics_app_eventrollup WHERE key LIKE 'm%'"
(CHECKS,) = commands("operating.md", BACKUP)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """A server from the wheel, so that pg_dump is of the same version."""
    started = PostgreSQL()
    started.start()
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def source(server: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A workspace with a past."""
    database = Database(server, "source", tmp_path_factory.mktemp("source"))
    database.fill()
    return database


def restored(source: Database, server: PostgreSQL, name: str, save: str, *restore: str) -> tuple[Database, str]:
    """Run the commands that save and those that restore, and return the new database with what the checks print."""
    source.run(save)
    database = Database(server, name, source.folder)
    database.run(*restore)
    return database, database.run(CHECKS)


def totals(database: Database) -> dict[str, int]:
    """Take a snapshot, and return its headline totals."""
    database.run("python manage.py generate_statistics")
    document = json.loads(str(database.rows(SNAPSHOTS)[-1][1]))
    return {key: document[key] for key in TOTALS}


def assert_kept(source: Database, database: Database, printed: str) -> None:
    """Check that snapshots, tokens, history and counts are those of the source."""
    assert "0 differences" in printed
    assert "live" not in printed
    for query in (TOKENS, SNAPSHOTS, SUMS):
        assert database.rows(query) == source.rows(query)
    assert totals(database) == totals(source)


def test_a_whole_dump_restores_everything(source: Database, server: PostgreSQL) -> None:
    save, restore = commands("operating.md", WHOLE)
    assert_kept(source, *restored(source, server, "whole", save, restore))


def test_the_chat_alone_restores_the_rows_and_their_history(source: Database, server: PostgreSQL) -> None:
    save, restore = commands("operating.md", CHAT)
    database, printed = restored(source, server, "chat", save, restore)
    assert "0 differences" in printed
    assert (database.rows(TOKENS), database.rows(SNAPSHOTS)) == ([], [])
    assert database.rows(MESSAGE_EVENTS) == database.rows("SELECT count(*) FROM chat_message")
    assert totals(database) == totals(source)


def test_rows_restored_without_triggers_restore_everything(source: Database, server: PostgreSQL) -> None:
    save, restore = commands("operating.md", ROWS)
    assert_kept(source, *restored(source, server, "rows", save, restore))


def test_rows_restored_past_triggers_with_the_counts_of_the_dump_are_miscounted_until_an_audit(
    source: Database, server: PostgreSQL
) -> None:
    save, restore = commands("operating.md", ROWS)
    with_tallies = save.replace("--exclude-table='statistics_tally_*' ", "")
    assert with_tallies != save
    # What `migrate` has written is in the way of some rows; pg_restore reports those tables and goes on.
    counting = f"python manage.py migrate\n{restore.strip().splitlines()[-1].replace('--single-transaction ', '')} || true"
    source.run(with_tallies)
    database = Database(server, "twice", source.folder)
    database.run(counting)
    assert totals(database) != totals(source)
    assert "all repaired" in database.run("python manage.py audit_tallies", "python manage.py rebuild_rollups")
    assert totals(database) == totals(source)
