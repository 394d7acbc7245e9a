"""The Django app of the other host's chat."""

from django.apps import AppConfig


class OtherChatConfig(AppConfig):
    """The configuration of the app."""

    name = "tests.otherchat"
    label = "otherchat"
