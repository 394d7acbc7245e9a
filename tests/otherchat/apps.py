"""The stranger's chat as Django sees it."""

from django.apps import AppConfig


class OtherChatConfig(AppConfig):
    """Another chat."""

    name = "tests.otherchat"
    label = "otherchat"
