"""The migrations: none is missing, and each can be reversed and applied again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from statistics_app.models import AccessToken, DirtyRange
from statsproject.chat.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

APP = "statistics_app"


def migrate(target: str | None) -> None:
    """Migrate the app to a given migration, or to none."""
    MigrationExecutor(connection).migrate([(APP, target)])


def newest() -> str:
    """Return the name of the app's last migration."""
    [(_, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes(APP)
    return name


def schema() -> dict[str, Any]:
    """Return the app's tables: columns with their types, and constraints with their names."""
    tables = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(f"{APP}_"):
                columns = connection.introspection.get_table_description(cursor, table)
                constraints = connection.introspection.get_constraints(cursor, table)
                tables[table] = ({column.name: column[1:] for column in columns}, constraints)
    return tables


@pytest.fixture
def restored() -> Iterator[None]:
    """Restore the tables after the test."""
    yield
    migrate(newest())


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)


@pytest.mark.usefixtures("restored")
def test_the_app_can_be_unmigrated_and_migrated_again() -> None:
    before = schema()
    assert f"{APP}_snapshot" in before
    migrate(None)
    assert schema() == {}
    migrate(newest())
    assert schema() == before


@pytest.mark.usefixtures("restored")
def test_every_migration_can_be_reversed_individually() -> None:
    plan = [node for node in MigrationExecutor(connection).loader.graph.forwards_plan((APP, newest())) if node[0] == APP]
    for app, name in reversed(plan):
        parents = [
            parent for parent in MigrationExecutor(connection).loader.graph.node_map[app, name].parents if parent[0] == APP
        ]
        migrate(parents[0].key[1] if parents else None)
    assert schema() == {}


def test_the_chats_tables_do_not_depend_on_the_app(restored: None) -> None:
    migrate(None)
    with connection.cursor() as cursor:
        assert "chat_message" in connection.introspection.table_names(cursor)


@pytest.mark.usefixtures("restored")
def test_duplicate_token_names_get_a_suffix_except_the_newest() -> None:
    migrate("0001_initial")
    old = MigrationExecutor(connection).loader.project_state([(APP, "0001_initial")]).apps.get_model(APP, "AccessToken")
    user = User.objects.create(username="ada")
    for day, digest in enumerate("abc", 1):
        made = datetime(2026, 1, day, tzinfo=UTC)
        old.objects.create(
            digest=digest * 64, user_id=user.pk, kind="personal", name="n" * 100, last_part="same", created_at=made
        )
    migrate(newest())
    names = dict(AccessToken.objects.values_list("digest", "name"))
    assert names["c" * 64] == "n" * 100
    assert [names[digest * 64] for digest in "ab"] == [f"{'n' * 80} ({digest * 16})" for digest in "ab"]


@pytest.mark.usefixtures("restored")
def test_token_names_that_are_unique_per_user_and_login_tokens_are_unchanged() -> None:
    migrate("0001_initial")
    old = MigrationExecutor(connection).loader.project_state([(APP, "0001_initial")]).apps.get_model(APP, "AccessToken")
    ada, bob = (User.objects.create(username=name) for name in ("ada", "bob"))
    made = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [(ada, "personal", "a"), (ada, "personal", "A"), (bob, "personal", "a"), (ada, "login", ""), (ada, "login", "")]
    for digit, (user, kind, name) in enumerate(rows):
        old.objects.create(
            digest=str(digit) * 64, user_id=user.pk, kind=kind, name=name, last_part="x", created_at=made, expires_at=None
        )
    migrate(newest())
    names = AccessToken.objects.order_by("digest").values_list("name", flat=True)
    assert list(names) == [name for _, _, name in rows]


@pytest.mark.usefixtures("restored")
def test_what_the_history_covers_is_compared_with_the_rows_once_more_when_it_gets_to_know_threads() -> None:
    migrate("0014_rooms")
    old = MigrationExecutor(connection).loader.project_state([(APP, "0014_rooms")]).apps.get_model(APP, "EventCoverage")
    since, until = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    old.objects.create(since=since, measured_since=since, until=until)
    DirtyRange.objects.all().delete()
    migrate(newest())
    assert list(DirtyRange.objects.values_list("since", "until")) == [(since, until)]
