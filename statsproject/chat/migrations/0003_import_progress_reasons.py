from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0002_default_rooms_of_teams"),
    ]

    operations = [
        migrations.AddField(
            model_name="importprogress",
            name="reasons",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
