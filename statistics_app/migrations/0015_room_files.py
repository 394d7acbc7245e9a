from typing import Any

from django.db import migrations, models


def mark_everything(apps: Any, schema_editor: Any) -> None:
    """Let the next roll-up count the messages in threads and in discussions in the time that the history covers."""
    using = schema_editor.connection.alias
    coverage = apps.get_model("statistics_app", "EventCoverage").objects.using(using).first()
    if coverage is not None:
        apps.get_model("statistics_app", "DirtyRange").objects.using(using).create(since=coverage.since, until=coverage.until)


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0014_rooms"),
    ]

    operations = [
        migrations.AddField(
            model_name="eventcoverage",
            name="files_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="bytes",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="room",
            name="files",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(condition=models.Q(("files__gt", 0)), fields=["bytes"], name="statistics_room_bytes"),
        ),
        migrations.RunPython(mark_everything, migrations.RunPython.noop),
    ]
