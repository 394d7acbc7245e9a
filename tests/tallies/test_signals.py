"""Migrations of counted tables: the triggers are removed, the chat keeps working, and the rows are recounted."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from django.db.models import Q
from django.utils import timezone
from pytest_django import Settings

from statistics_app.apps import StatisticsConfig
from statistics_app.sources.tables import UserTable
from statistics_app.tallies.declared import TallySet, clear_declared_tallies
from statistics_app.tallies.installed import installed_tallies, tally_defects
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.plan import Count
from statistics_app.tallies.signals import install_after_migrations, uninstall_before_migrations
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import Room
from statsproject.chat.statistics_source import WorkspaceSource
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


def test_triggers_are_removed_before_a_change_also_while_a_declared_table_does_not_exist_yet(installed: TallySet) -> None:
    """A release that adds the table of uploads and changes a column of the messages, in one run of `migrate`."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE chat_upload RENAME TO not_there_yet")
    clear_declared_tallies()
    try:
        change = Change(migrations.RemoveField("message", "is_pinned"))
        change.send_pre_migrate()
        assert "messages" not in installed_tallies(connection)
        assert "users" in installed_tallies(connection)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE not_there_yet RENAME TO chat_upload")
        clear_declared_tallies()
    change.send_post_migrate()
    assert differences(installed) == []


def test_unapplying_the_app_removes_everything_and_the_chat_goes_on(installed: TallySet) -> None:
    try:
        call_command("migrate", "statistics_app", "zero", verbosity=0)
        assert database_objects() == []
        make_messages(make_room(), 2)
        call_command("migrate", "chat", verbosity=0)
        assert database_objects() == []
    finally:
        call_command("migrate", verbosity=0)
    assert set(tally_defects(installed).values()) == {""}
    assert sum(tallied_source(timezone.now()).messages().values()) == 5


def test_counting_live_removes_what_is_installed_at_the_next_migration(installed: TallySet, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    call_command("migrate", verbosity=0)
    assert database_objects() == []


class FewerSource(WorkspaceSource):
    """The workspace without its uploads, and with users that are counted through another table."""

    user_table = UserTable(model="chat.User", active=Q(messages__isnull=False))
    upload_table = None


def test_a_count_that_is_no_longer_declared_or_countable_loses_its_triggers(installed: TallySet, settings: Settings) -> None:
    assert {"users", "uploads"} <= installed_tallies(connection).keys()
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{FewerSource.__module__}.{FewerSource.__name__}"}
    call_command("migrate", verbosity=0)
    assert set(installed_tallies(connection)) == {"rooms", "messages", "teams"}
    assert [name for name in database_objects() if "_users" in name or "_uploads" in name] == []


def test_flush_leaves_the_tallies_as_they_are(installed: TallySet) -> None:
    before = database_objects()
    call_command("flush", verbosity=0, interactive=False)
    assert database_objects() == before
    make_messages(make_room(), 4)
    assert sum(tallied_source(timezone.now()).messages().values()) == 4
    assert set(tally_defects(installed).values()) == {""}


def test_the_first_migration_warns_of_nothing_that_it_is_about_to_do(installed: TallySet) -> None:
    try:
        call_command("migrate", "statistics_app", "zero", verbosity=0)
        assert [message for message in run_checks(databases=["default"]) if str(message.id).startswith("statistics")] == []
    finally:
        call_command("migrate", verbosity=0)
