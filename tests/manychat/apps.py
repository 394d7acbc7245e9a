"""The Django app of the chat of several tables."""

from django.apps import AppConfig


class ManyChatConfig(AppConfig):
    """The configuration of the app; it has no migrations, since the tests create its tables."""

    name = "tests.manychat"
    label = "manychat"
    default_auto_field = "django.db.models.BigAutoField"
