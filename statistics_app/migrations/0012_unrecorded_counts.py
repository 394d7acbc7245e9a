from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0011_monitoring"),
    ]

    operations = [
        migrations.AddField(
            model_name="eventcoverage",
            name="unrecorded",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
