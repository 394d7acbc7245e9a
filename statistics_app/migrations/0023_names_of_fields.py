import django.db.models.deletion
import statistics_app.models.account_key
import statistics_app.serialization
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0022_failed_slots"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="accesstoken",
            options={"verbose_name": "access token", "verbose_name_plural": "access tokens"},
        ),
        migrations.AlterModelOptions(
            name="snapshot",
            options={
                "permissions": [("view_statistics", "Can view the workspace's statistics")],
                "verbose_name": "snapshot",
                "verbose_name_plural": "snapshots",
            },
        ),
        migrations.AlterField(
            model_name="accesstoken",
            name="created_at",
            field=models.DateTimeField(verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="accesstoken",
            name="expires_at",
            field=models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="expires at"),
        ),
        migrations.AlterField(
            model_name="accesstoken",
            name="last_used_on",
            field=models.DateField(blank=True, null=True, verbose_name="last used on"),
        ),
        migrations.AlterField(
            model_name="accesstoken",
            name="name",
            field=models.CharField(blank=True, max_length=100, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="accesstoken",
            name="user",
            field=statistics_app.models.account_key.AccountKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="statistics_tokens",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="counting",
            field=models.CharField(
                choices=[
                    ("tallies", "running counts"),
                    ("live", "counted"),
                    ("mixed", "partly counted"),
                    ("reported", "as reported by the server"),
                ],
                default="live",
                max_length=8,
                verbose_name="counting",
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="created_at",
            field=models.DateTimeField(db_index=True, verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="host",
            field=models.CharField(max_length=255, verbose_name="host"),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="id",
            field=models.CharField(
                default=statistics_app.serialization.make_id,
                editable=False,
                max_length=24,
                primary_key=True,
                serialize=False,
                verbose_name="id",
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="origin",
            field=models.CharField(
                choices=[
                    ("schedule", "scheduled"),
                    ("refresh", "refreshed"),
                    ("start", "at start"),
                    ("command", "by command"),
                    ("import", "imported"),
                ],
                max_length=8,
                verbose_name="origin",
            ),
        ),
        migrations.AlterField(
            model_name="tallyaudit",
            name="began_at",
            field=models.DateTimeField(db_index=True, verbose_name="began at"),
        ),
        migrations.AlterField(
            model_name="tallyaudit",
            name="differences",
            field=models.PositiveIntegerField(default=0, verbose_name="differences"),
        ),
        migrations.AlterField(
            model_name="tallyaudit",
            name="repaired",
            field=models.BooleanField(default=False, verbose_name="repaired"),
        ),
    ]
