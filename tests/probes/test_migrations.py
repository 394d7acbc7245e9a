"""The migration state: applied migrations are counted, and a missing one sets `locked`."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

import statistics_app
from statistics_app.models import Installation
from statistics_app.probes.migrations import read_migration
from statistics_app.serialization import wire_time
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LABELS = {"statistics_app", "chat"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def applied(**named: Any) -> Any:
    """Return the rows of applied migrations."""
    return MigrationRecorder(connection).migration_qs.filter(**named)


def read() -> dict[str, Any]:
    """Return the state of the app and the chat."""
    return read_migration({"chat"})


def test_a_fully_migrated_schema_is_not_locked() -> None:
    assert list(read()) == ["_id", "version", "locked", "lockedAt", "buildAt"]
    assert read()["_id"] == "control"
    assert read()["locked"] is False


def test_the_version_counts_the_applied_migrations_of_app_and_chat_only() -> None:
    assert read()["version"] == applied(app__in=LABELS).count() < applied().count()
    assert read_migration(set())["version"] == applied(app="statistics_app").count()
    MigrationRecorder(connection).record_applied("auth", "9999_of_no_concern")
    assert read()["version"] == applied(app__in=LABELS).count()


@pytest.mark.parametrize("app", sorted(LABELS))
def test_a_migration_that_is_not_applied_sets_locked(app: str) -> None:
    version = read()["version"]
    applied(app=app).order_by("-pk")[0].delete()
    assert read()["version"] == version - 1
    assert read()["locked"] is True


def test_a_missing_migration_of_another_app_does_not_set_locked() -> None:
    applied(app="auth").delete()
    assert read()["locked"] is False
    applied(app="chat").delete()
    assert read_migration(set())["locked"] is False


def test_a_migration_of_newer_code_is_counted_and_does_not_set_locked() -> None:
    version = read()["version"]
    MigrationRecorder(connection).record_applied("chat", "9999_from_the_future")
    assert (read()["version"], read()["locked"]) == (version + 1, False)


def test_locked_at_is_when_the_last_migration_was_applied() -> None:
    applied(app__in=LABELS).update(applied=NOON)
    applied(app="chat").update(applied=NOON + timedelta(milliseconds=7))
    applied(app="auth").update(applied=NOON + timedelta(days=1))
    assert read()["lockedAt"] == "2026-03-02T12:00:00.007Z"


def test_without_recorded_migrations_locked_at_is_the_time_of_installation() -> None:
    applied(app__in=LABELS).delete()
    state = read()
    assert (state["version"], state["locked"]) == (0, True)
    assert state["lockedAt"] == wire_time(Installation.objects.the_one().installed_at)


def test_build_at_is_the_time_of_the_newest_file() -> None:
    newest = max(path.stat().st_mtime for path in Path(statistics_app.__file__).parent.rglob("*.py"))
    built = datetime.fromisoformat(read()["buildAt"])
    assert built <= timezone.now()
    # Files that are edited while the tests run become newer than when the probe read them.
    assert built <= datetime.fromtimestamp(newest, tz=UTC)


def test_times_have_milliseconds_and_z() -> None:
    assert TIME.fullmatch(read()["lockedAt"])
    assert TIME.fullmatch(read()["buildAt"])
