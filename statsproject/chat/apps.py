"""The Django app of the chat."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The chat workspace that the statistics describe."""

    name = "statsproject.chat"
    label = "chat"
    verbose_name = "Chat"
