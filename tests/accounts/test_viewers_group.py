"""The group "Statistics viewers", which a migration creates once."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.conftest import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

APP = "statistics_app"
NAME = "Statistics viewers"
BEFORE, MAKING = "0005_failed_attempt", "0006_viewers_group"


def migrate(target: str) -> None:
    """Migrate the app to a given migration; Django creates no permissions in between."""
    MigrationExecutor(connection).migrate([(APP, target)])


def newest() -> str:
    [(_, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes(APP)
    return name


def permissions_of(group: Group) -> list[str]:
    return [f"{permission.content_type.app_label}.{permission.codename}" for permission in group.permissions.all()]


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    """Start before the migration that creates the group, and migrate to the newest one afterwards."""
    migrate(BEFORE)
    Group.objects.all().delete()
    yield
    migrate(newest())


def test_the_group_is_created_with_the_one_permission() -> None:
    migrate(MAKING)
    [group] = Group.objects.all()
    assert group.name == NAME
    assert permissions_of(group) == ["statistics_app.view_statistics"]


def test_the_permission_is_created_if_django_has_not_done_so_and_not_created_twice() -> None:
    ContentType.objects.filter(app_label=APP).delete()
    assert not Permission.objects.filter(codename="view_statistics").exists()
    migrate(MAKING)
    call_command("migrate", verbosity=0)
    assert permissions_of(Group.objects.get(name=NAME)) == ["statistics_app.view_statistics"]
    permission = Permission.objects.get(codename="view_statistics")
    assert (permission.content_type.model, permission.name) == ("snapshot", "Can view the workspace's statistics")
    codenames = Permission.objects.filter(content_type=permission.content_type).values_list("codename", flat=True)
    assert set(codenames) == {f"{action}_snapshot" for action in ("add", "change", "delete", "view")} | {"view_statistics"}


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda group: group.delete(), {}),
        (
            lambda group: Group.objects.filter(pk=group.pk).update(name="Readers"),
            {"Readers": ["statistics_app.view_statistics"]},
        ),
        (lambda group: group.permissions.clear(), {NAME: []}),
    ],
    ids=["deleted", "renamed", "emptied"],
)
def test_changes_by_an_administrator_are_kept(change: Callable[[Group], object], left: dict[str, list[str]]) -> None:
    migrate(MAKING)
    change(Group.objects.get())
    call_command("migrate", verbosity=0)
    assert {group.name: permissions_of(group) for group in Group.objects.all()} == left


def test_an_existing_group_of_that_name_keeps_its_permissions_and_members_and_gets_the_permission(member: Person) -> None:
    group = Group.objects.create(name=NAME)
    group.permissions.add(Permission.objects.get(codename="view_group"))
    group.user_set.add(member.user)
    migrate(MAKING)
    assert [(found.pk, found.name) for found in Group.objects.all()] == [(group.pk, NAME)]
    assert sorted(permissions_of(group)) == ["auth.view_group", "statistics_app.view_statistics"]
    assert list(group.user_set.all()) == [member.user]


def test_reversing_the_migration_keeps_the_group_and_its_members(member: Person) -> None:
    migrate(MAKING)
    Group.objects.get().user_set.add(member.user)
    migrate(BEFORE)
    assert list(Group.objects.get().user_set.all()) == [member.user]
    migrate(MAKING)
    assert permissions_of(Group.objects.get()) == ["statistics_app.view_statistics"]


def test_its_members_can_view_statistics(member: Person) -> None:
    migrate(newest())
    assert member.get("statistics").status_code == 403
    Group.objects.get(name=NAME).user_set.add(member.user)
    assert member.get("statistics").status_code == 200


def test_flush_restores_the_group_and_nothing_else_does(member: Person) -> None:
    migrate(newest())
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert not Group.objects.exists()
    call_command("flush", verbosity=1, interactive=False)
    assert {group.name: permissions_of(group) for group in Group.objects.all()} == {NAME: ["statistics_app.view_statistics"]}
