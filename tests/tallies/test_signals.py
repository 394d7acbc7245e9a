"""Migrations of counted tables: the triggers are removed, the chat keeps working, and the rows are recounted."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from django.utils import timezone

from statistics_app.apps import StatisticsConfig
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.plan import Count
from statistics_app.tallies.signals import install_after_migrations, uninstall_before_migrations
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import Room
from tests.factories import make_messages, make_room

from .conftest import database_objects, differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def alter_length(length: int) -> migrations.AlterField:
    return migrations.AlterField("room", "type", models.CharField(max_length=length, default="c"))


class Change:
    """A migration of an app in the steps of `migrate`: the signal before, the operations, and the signal after."""

    def __init__(self, *operations: migrations.operations.base.Operation, app_label: str = "chat") -> None:
        self.migration = Migration("later", app_label)
        self.migration.operations = [*operations]
        self.plan = [(self.migration, False)]

    def send_pre_migrate(self) -> None:
        uninstall_before_migrations(StatisticsConfig, using="default", plan=self.plan)

    def apply(self) -> None:
        with connection.schema_editor(atomic=self.migration.atomic) as editor:
            self.migration.apply(ProjectState.from_apps(apps), editor)

    def undo(self) -> None:
        with connection.schema_editor(atomic=self.migration.atomic) as editor:
            self.migration.unapply(ProjectState.from_apps(apps), editor)

    def send_post_migrate(self) -> None:
        install_after_migrations(StatisticsConfig, using="default", plan=self.plan)


@pytest.fixture
def installed(tallies: TallySet) -> Iterator[TallySet]:
    """Install every count over three messages; restore the column of the rooms afterwards."""
    make_messages(make_room(), 3)
    Installer(tallies, report=str).install()
    yield tallies
    Installer(tallies, report=str).uninstall()
    Change(alter_length(1)).apply()


def test_the_type_of_a_column_can_be_changed_since_the_triggers_are_removed(installed: TallySet) -> None:
    change = Change(alter_length(2))
    change.send_pre_migrate()
    assert tally_defects(installed)[Count.MESSAGES] == tally_defects(installed)[Count.ROOMS] == "is not installed"
    assert tally_defects(installed)[Count.USERS] == ""
    change.apply()
    make_messages(make_room("d"), 2)
    assert sum(tallied_source(timezone.now()).messages().values()) == 5
    change.send_post_migrate()
    assert set(tally_defects(installed).values()) == {""}
    assert sum(tallied_source(timezone.now()).messages().values()) == 5
    assert differences(installed) == []


def test_without_removing_the_triggers_the_migration_fails_or_the_triggers_are_lost(installed: TallySet) -> None:
    """This is why the triggers are removed; if this test fails, that is no longer necessary."""
    try:
        with transaction.atomic():
            Change(alter_length(2)).apply()
    except DatabaseError:
        return
    assert set(tally_defects(installed).values()) != {""}


def test_a_renamed_column_does_not_stop_the_chat(installed: TallySet) -> None:
    change = Change(migrations.RenameField("message", "is_pinned", "pinned"))
    change.send_pre_migrate()
    change.apply()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chat_message (id, room_id, sent_at, pinned) VALUES ('m', %s, %s, %s)",
            [Room.objects.get().pk, timezone.now(), True],
        )
    change.undo()
    change.send_post_migrate()
    assert tallied_source(timezone.now()).pinned() == 1
    assert differences(installed) == []


@pytest.mark.parametrize(
    "change",
    [
        Change(migrations.AddIndex("message", models.Index(fields=["edited_at"], name="edited"))),
        Change(migrations.RunPython(migrations.RunPython.noop)),
        Change(migrations.CreateModel("Other", [("room", models.ForeignKey("chat.Room", models.CASCADE))])),
        Change(migrations.AlterField("subscription", "last_seen_at", models.DateTimeField())),
        Change(migrations.RunSQL("SELECT 1"), app_label="elsewhere"),
    ],
    ids=["an index", "data", "another table", "a table that triggers do not count", "SQL of another app"],
)
def test_operations_that_do_not_change_columns_do_not_remove_counts(installed: TallySet, change: Change) -> None:
    before = database_objects()
    change.send_pre_migrate()
    assert database_objects() == before
    assert set(tally_defects(installed).values()) == {""}


@pytest.mark.parametrize(
    "change",
    [
        Change(migrations.RunSQL("SELECT 1")),
        Change(migrations.RenameModel("Message", "Post")),
        Change(migrations.AlterModelTable("Message", "posts")),
        Change(migrations.RemoveField("message", "is_pinned")),
        Change(migrations.DeleteModel("Message")),
    ],
    ids=["SQL of its own app", "a renamed model", "a renamed table", "a removed column", "a removed table"],
)
def test_operations_that_may_change_the_messages_remove_their_count(installed: TallySet, change: Change) -> None:
    change.send_pre_migrate()
    assert tally_defects(installed)[Count.MESSAGES] == "is not installed"
    change.send_post_migrate()
    assert set(tally_defects(installed).values()) == {""}
    assert differences(installed) == []
