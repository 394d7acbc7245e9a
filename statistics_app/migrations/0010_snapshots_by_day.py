from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Count the snapshots of each day that are in the history."""
    if schema_editor.connection.vendor == "mysql":  # which the app supports since later: nothing is there
        return
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    day = "date_trunc('day', created_at, 'UTC')" if is_postgresql else "date(created_at) || ' 00:00:00'"
    schema_editor.execute(
        "INSERT INTO statistics_app_snapshotday (day, number) "
        f"SELECT {day}, count(*) FROM statistics_app_snapshot WHERE is_rolled_up GROUP BY 1"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0009_history_by_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="SnapshotDay",
            fields=[
                ("day", models.DateTimeField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                models.Func("total_users", output_field=models.BigIntegerField(), template="COALESCE(%(expressions)s, -1)"),
                models.F("id"),
                name="statistics_by_total_users",
            ),
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                models.Func("active_users", output_field=models.BigIntegerField(), template="COALESCE(%(expressions)s, -1)"),
                models.F("id"),
                name="statistics_by_active_users",
            ),
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                models.Func("online_users", output_field=models.BigIntegerField(), template="COALESCE(%(expressions)s, -1)"),
                models.F("id"),
                name="statistics_by_online_users",
            ),
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                models.Func("total_rooms", output_field=models.BigIntegerField(), template="COALESCE(%(expressions)s, -1)"),
                models.F("id"),
                name="statistics_by_total_rooms",
            ),
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                models.Func("total_messages", output_field=models.BigIntegerField(), template="COALESCE(%(expressions)s, -1)"),
                models.F("id"),
                name="statistics_by_total_messages",
            ),
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                models.Func("uploads_size", output_field=models.BigIntegerField(), template="COALESCE(%(expressions)s, -1)"),
                models.F("id"),
                name="statistics_by_uploads_size",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
