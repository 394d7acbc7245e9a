"""The Django app of the chat with a column of every type."""

from django.apps import AppConfig


class AnyChatConfig(AppConfig):
    """The configuration of the app; it has no migrations, since the tests create its tables."""

    name = "tests.anychat"
    label = "anychat"
    default_auto_field = "django.db.models.BigAutoField"
