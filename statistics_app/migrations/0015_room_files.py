from django.db import migrations, models


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
    ]
