"""A user's personal tokens bear different names: they are renewed and removed by name."""

from typing import Any

from django.conf import settings
from django.db import migrations, models

NAME_LENGTH = 100


def tell_apart(apps: Any, schema_editor: Any) -> None:
    """Add a part of the digest to names that a user gave twice; the newest keeps its name."""
    tokens = apps.get_model("statistics_app", "AccessToken").objects.using(schema_editor.connection.alias)
    seen = set()
    for token in tokens.filter(kind="personal").order_by("-created_at", "-pk").iterator():
        if (token.user_id, token.name) in seen:
            # The last characters of a token may be another's too; those of a digest are not.
            token.name = f"{token.name[: NAME_LENGTH - 20]} ({token.pk[:16]})"
            token.save(update_fields=["name"])
        seen.add((token.user_id, token.name))


class Migration(migrations.Migration):
    dependencies = [
        ("statistics_app", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "personal")), fields=("user", "name"), name="statistics_token_name"
            ),
        ),
    ]
