"""Migrations of the tables under count: the triggers step aside, the chat goes on, and all is counted again."""

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
from statistics_app.tallies.signals import install_after_migrations, step_aside
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import Room
from tests.chatter import make_messages, make_room

from .conftest import differences, everything_of_ours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def wider(columns: int) -> migrations.AlterField:
    return migrations.AlterField("room", "type", models.CharField(max_length=columns, default="c"))


class Change:
    """One migration of an app, as `migrate` would run it: signals before and after, and the operations in between."""

    def __init__(self, *operations: migrations.operations.base.Operation, app_label: str = "chat") -> None:
        self.migration = Migration("later", app_label)
        self.migration.operations = [*operations]
        self.plan = [(self.migration, False)]

    def announce(self) -> None:
        step_aside(StatisticsConfig, using="default", plan=self.plan)

    def apply(self) -> None:
        with connection.schema_editor(atomic=self.migration.atomic) as editor:
            self.migration.apply(ProjectState.from_apps(apps), editor)

    def undo(self) -> None:
        with connection.schema_editor(atomic=self.migration.atomic) as editor:
            self.migration.unapply(ProjectState.from_apps(apps), editor)

    def finish(self) -> None:
        install_after_migrations(StatisticsConfig, using="default", plan=self.plan)


@pytest.fixture
def installed(tallies: TallySet) -> Iterator[TallySet]:
    """Every count stands over three messages; the room's column is as it was afterwards."""
    make_messages(make_room(), 3)
    Installer(tallies, say=str).install()
    yield tallies
    Installer(tallies, say=str).uninstall()
    Change(wider(1)).apply()


def test_a_column_of_another_type_can_be_made_since_the_triggers_step_aside(installed: TallySet) -> None:
    change = Change(wider(2))
    change.announce()
    assert tally_defects(installed)[Count.MESSAGES] == tally_defects(installed)[Count.ROOMS] == "is not installed"
    assert tally_defects(installed)[Count.USERS] == ""
    change.apply()
    make_messages(make_room("d"), 2)
    assert sum(tallied_source(timezone.now()).messages().values()) == 5
    change.finish()
    assert set(tally_defects(installed).values()) == {""}
    assert sum(tallied_source(timezone.now()).messages().values()) == 5
    assert differences(installed) == []


def test_without_stepping_aside_the_migration_fails_or_the_triggers_are_lost(installed: TallySet) -> None:
    """What the step is for: where this passes without it, it is not needed any more."""
    try:
        with transaction.atomic():
            Change(wider(2)).apply()
    except DatabaseError:
        return
    assert set(tally_defects(installed).values()) != {""}


def test_a_renamed_column_does_not_stop_the_chat(installed: TallySet) -> None:
    change = Change(migrations.RenameField("message", "is_pinned", "pinned"))
    change.announce()
    change.apply()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chat_message (id, room_id, sent_at, pinned) VALUES ('m', %s, %s, %s)",
            [Room.objects.get().pk, timezone.now(), True],
        )
    change.undo()
    change.finish()
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
    ids=["an index", "data", "another table", "a table that is not under count by triggers", "SQL of another app"],
)
def test_what_leaves_the_columns_alone_leaves_the_counts_alone(installed: TallySet, change: Change) -> None:
    before = everything_of_ours()
    change.announce()
    assert everything_of_ours() == before
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
    ids=["SQL of its own app", "another name of the model", "another name of the table", "a column less", "no table"],
)
def test_what_may_change_the_messages_makes_their_count_step_aside(installed: TallySet, change: Change) -> None:
    change.announce()
    assert tally_defects(installed)[Count.MESSAGES] == "is not installed"
    change.finish()
    assert set(tally_defects(installed).values()) == {""}
    assert differences(installed) == []
