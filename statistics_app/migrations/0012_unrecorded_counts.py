from typing import Any

from django.db import migrations, models


def take_over(apps: Any, schema_editor: Any) -> None:
    """A history that relied on triggers relied on those of all counts."""
    coverage = apps.get_model("statistics_app", "EventCoverage").objects.using(schema_editor.connection.alias)
    coverage.filter(is_live=False).update(unrecorded=[])


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0011_monitoring"),
    ]

    operations = [
        migrations.AddField(
            model_name="eventcoverage",
            name="unrecorded",
            field=models.JSONField(null=True),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="eventcoverage",
            name="is_live",
        ),
    ]
