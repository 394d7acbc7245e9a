from typing import Any

from django.db import migrations, models
from django.db.models.functions import Length

import statistics_app.serialization


def remove_long_ids(apps: Any, schema_editor: Any) -> None:
    """Remove the snapshots whose ids do not fit before."""
    snapshots = apps.get_model("statistics_app", "Snapshot").objects.using(schema_editor.connection.alias)
    snapshots.annotate(length=Length("id")).filter(length__gt=17).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0015_room_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Annotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("text", models.CharField(max_length=255)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("key", "text"), name="statistics_annotation")],
            },
        ),
        migrations.CreateModel(
            name="ImportedDocument",
            fields=[
                ("id", models.CharField(max_length=24, primary_key=True, serialize=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportedPeople",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("days", "date", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("days", models.PositiveSmallIntegerField()),
                ("date", models.DateField()),
                ("number", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="id",
            field=models.CharField(
                default=statistics_app.serialization.make_id, editable=False, max_length=24, primary_key=True, serialize=False
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, remove_long_ids),
    ]
