from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0018_remote_credentials"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="server",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=16),
        ),
    ]
