"""The chat as Django sees it."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The chat workspace whose statistics are kept."""

    name = "statsproject.chat"
    label = "chat"
    verbose_name = "Chat"
