from typing import Any

from django.db import migrations, models

import statistics_app.models.events

DAYS = ("RoomDay", "RoomAuthorDay")


def without_rowid(apps: Any, schema_editor: Any) -> None:
    """Create the tables of days on SQLite so that their key is the table: a row takes half as much."""
    for name in DAYS:
        model = apps.get_model("statistics_app", name)
        if schema_editor.connection.vendor == "sqlite":
            statement, parameters = schema_editor.table_sql(model)
            schema_editor.execute(f"{statement} WITHOUT ROWID", parameters or None)
        else:
            schema_editor.create_model(model)


def drop(apps: Any, schema_editor: Any) -> None:
    for name in DAYS:
        schema_editor.delete_model(apps.get_model("statistics_app", name))


def mark_everything(apps: Any, schema_editor: Any) -> None:
    """Let the next roll-up count the messages of rooms in the time that the history covers."""
    using = schema_editor.connection.alias
    coverage = apps.get_model("statistics_app", "EventCoverage").objects.using(using).first()
    if coverage is not None:
        apps.get_model("statistics_app", "DirtyRange").objects.using(using).create(since=coverage.since, until=coverage.until)


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0013_activity"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="person",
            options={
                "default_permissions": (),
                "permissions": [("view_people", "Can see the names and the activity of single people")],
            },
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["type"], name="statistics_person_type"),
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("first_quarter", models.BigIntegerField(null=True)),
                ("last_quarter", models.BigIntegerField(null=True)),
                ("key", models.CharField(max_length=255, unique=True)),
            ],
            options={
                "default_permissions": (),
                "permissions": [("view_room_names", "Can see the names of rooms that are not public")],
                "abstract": False,
                "indexes": [models.Index(fields=["last_quarter"], name="statistics_room_last")],
            },
        ),
        migrations.AddField(
            model_name="eventcoverage",
            name="past",
            field=models.BigIntegerField(db_default=0, default=statistics_app.models.events.new_past),
        ),
        migrations.CreateModel(
            name="RecentPeople",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "activity", "days", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("activity", models.CharField(max_length=8)),
                ("days", models.PositiveSmallIntegerField()),
                ("until", models.IntegerField()),
                ("number", models.PositiveIntegerField()),
                ("past", models.BigIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[
                migrations.CreateModel(
                    name="RoomDay",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "day", "room", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("day", models.IntegerField()),
                        ("room", models.IntegerField()),
                        ("number", models.BigIntegerField(default=0)),
                        ("quarters", models.JSONField(default=dict)),
                    ],
                    options={"default_permissions": ()},
                ),
                migrations.CreateModel(
                    name="RoomAuthorDay",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "room", "day", "person", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("day", models.IntegerField()),
                        ("person", models.IntegerField()),
                        ("am", models.BigIntegerField()),
                        ("pm", models.BigIntegerField()),
                        ("room", models.IntegerField()),
                    ],
                    options={"abstract": False, "default_permissions": ()},
                ),
            ],
        ),
        migrations.RunPython(without_rowid, drop, atomic=False),  # MySQL has no transactions for tables
        migrations.RunPython(mark_everything, migrations.RunPython.noop),
    ]
