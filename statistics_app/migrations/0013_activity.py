from typing import Any

from django.db import migrations, models

DAYS = ("WrittenDay", "SeenDay")


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
    """Let the next roll-up read who wrote in the time that the history covers."""
    using = schema_editor.connection.alias
    coverage = apps.get_model("statistics_app", "EventCoverage").objects.using(using).first()
    if coverage is not None:
        apps.get_model("statistics_app", "DirtyRange").objects.using(using).create(since=coverage.since, until=coverage.until)


def active_day(name: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            ("pk", models.CompositePrimaryKey("day", "person", blank=True, editable=False, primary_key=True, serialize=False)),
            ("day", models.IntegerField()),
            ("person", models.IntegerField()),
            ("am", models.BigIntegerField()),
            ("pm", models.BigIntegerField()),
        ],
        options={
            "abstract": False,
            "default_permissions": (),
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0012_unrecorded_counts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("account", models.CharField(max_length=255, null=True, unique=True)),
                ("type", models.CharField(max_length=8, null=True)),
                ("first_quarter", models.BigIntegerField(null=True)),
                ("last_quarter", models.BigIntegerField(null=True)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["last_quarter"], name="statistics_person_last")],
            },
        ),
        migrations.AddField(
            model_name="eventcoverage",
            name="seen_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="eventcoverage",
            name="seen_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[active_day(name) for name in DAYS],
        ),
        migrations.RunPython(without_rowid, drop, atomic=False),  # MySQL has no transactions for tables
        migrations.RunPython(mark_everything, migrations.RunPython.noop),
    ]
