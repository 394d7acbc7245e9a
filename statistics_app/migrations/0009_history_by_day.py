from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Sum up the gauges and the events that are there by day."""
    if schema_editor.connection.vendor == "mysql":  # which the app supports since later: nothing is there
        return
    day = "date_trunc('day', {}, 'UTC')" if schema_editor.connection.vendor == "postgresql" else "date({}) || ' 00:00:00'"
    hours = "statistics_app_gaugerollup"
    schema_editor.execute(
        "INSERT INTO statistics_app_gaugeday (key, day, least, greatest, last, last_at, total, count) "
        "SELECT key, day, least, greatest, "
        f"(SELECT last FROM {hours} h WHERE h.key = g.key AND h.hour <= g.last_at ORDER BY h.hour DESC LIMIT 1), "
        f"last_at, total, count FROM (SELECT key, {day.format('hour')} AS day, min(least) AS least, max(greatest) AS greatest, "
        f"max(last_at) AS last_at, sum(total) AS total, sum(count) AS count FROM {hours} GROUP BY 1, 2) g"
    )
    schema_editor.execute(
        "INSERT INTO statistics_app_eventday (key, day, number) "
        f"SELECT key, {day.format('quarter')}, sum(number) FROM statistics_app_eventrollup GROUP BY 1, 2"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0008_events_that_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventDay",
            fields=[
                ("pk", models.CompositePrimaryKey("key", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=24)),
                ("day", models.DateTimeField()),
                ("number", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="GaugeDay",
            fields=[
                ("key", models.CharField(max_length=64)),
                ("least", models.FloatField()),
                ("greatest", models.FloatField()),
                ("last", models.FloatField()),
                ("last_at", models.DateTimeField()),
                ("total", models.FloatField()),
                ("count", models.PositiveIntegerField()),
                ("pk", models.CompositePrimaryKey("key", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="eventrollup",
            index=models.Index(fields=["quarter"], name="statistics_events_quarter"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
