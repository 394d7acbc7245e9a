from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0017_reported_statistics"),
    ]

    operations = [
        migrations.CreateModel(
            name="RemoteCredentials",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("user_id", models.CharField(max_length=200, verbose_name="user ID")),
                ("encrypted_token", models.TextField(editable=False)),
                ("stored_at", models.DateTimeField()),
                ("encrypted_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "account at the remote server",
                "verbose_name_plural": "account at the remote server",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(pk=1), name="statistics_app_one_remote_account"),
                ],
            },
        ),
    ]
