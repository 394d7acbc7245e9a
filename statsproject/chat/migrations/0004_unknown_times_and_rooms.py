import django.db.models.deletion
import django.utils.timezone
import statistics_app.serialization
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0003_import_progress_reasons"),
    ]

    operations = [
        migrations.AddField(
            model_name="importprogress",
            name="notes",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AlterField(
            model_name="message",
            name="id",
            field=models.CharField(
                default=statistics_app.serialization.make_id, max_length=255, primary_key=True, serialize=False
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="sent_at",
            field=models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True),
        ),
        migrations.AlterField(
            model_name="room",
            name="created_at",
            field=models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True),
        ),
        migrations.AlterField(
            model_name="room",
            name="type",
            field=models.CharField(
                choices=[
                    ("c", "channel"),
                    ("p", "private group"),
                    ("d", "direct"),
                    ("l", "livechat"),
                    ("o", "other"),
                    ("u", "unknown"),
                ],
                default="c",
                max_length=1,
            ),
        ),
        migrations.AlterField(
            model_name="subscription",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="uploaded_at",
            field=models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="date_joined",
            field=models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name="date joined"),
        ),
    ]
