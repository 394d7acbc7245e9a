from django.db import migrations, models

COUNTING = [
    ("tallies", "running counts"),
    ("live", "counted"),
    ("mixed", "partly counted"),
    ("reported", "as reported by the server"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0016_imported_statistics"),
    ]

    operations = [
        migrations.AlterField(
            model_name="snapshot",
            name="counting",
            field=models.CharField(choices=COUNTING, default="live", max_length=8),
        ),
    ]
