"""The migrations: none is missing, and each can be undone and done again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from statistics_app.models import AccessToken
from statsproject.chat.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

APP = "statistics_app"


def migrate(target: str | None) -> None:
    """Bring the app to a migration, or to none."""
    MigrationExecutor(connection).migrate([(APP, target)])


def newest() -> str:
    """Name the app's last migration."""
    [(_, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes(APP)
    return name


def schema() -> dict[str, Any]:
    """Describe the app's tables: columns with their types, and constraints with their names."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(f"{APP}_"):
                columns = connection.introspection.get_table_description(cursor, table)
                constraints = connection.introspection.get_constraints(cursor, table)
                found[table] = ({column.name: column[1:] for column in columns}, constraints)
    return found


@pytest.fixture
def to_be_restored() -> Iterator[None]:
    """Leave the tables as they were, whatever a test does."""
    yield
    migrate(newest())


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)


@pytest.mark.usefixtures("to_be_restored")
def test_the_app_can_go_and_come_back_as_it_was() -> None:
    before = schema()
    assert f"{APP}_snapshot" in before
    migrate(None)
    assert schema() == {}
    migrate(newest())
    assert schema() == before


@pytest.mark.usefixtures("to_be_restored")
def test_every_migration_can_be_undone_by_itself() -> None:
    plan = [node for node in MigrationExecutor(connection).loader.graph.forwards_plan((APP, newest())) if node[0] == APP]
    for app, name in reversed(plan):
        parents = [
            parent for parent in MigrationExecutor(connection).loader.graph.node_map[app, name].parents if parent[0] == APP
        ]
        migrate(parents[0].key[1] if parents else None)
    assert schema() == {}


def test_the_chats_tables_do_not_need_the_app(to_be_restored: None) -> None:
    migrate(None)
    with connection.cursor() as cursor:
        assert "chat_message" in connection.introspection.table_names(cursor)


@pytest.mark.usefixtures("to_be_restored")
def test_names_that_a_user_gave_twice_are_told_apart_and_the_newest_keeps_its_own() -> None:
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


@pytest.mark.usefixtures("to_be_restored")
def test_names_that_differ_or_belong_to_others_and_login_tokens_are_left_as_they_are() -> None:
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
