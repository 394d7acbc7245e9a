"""Find the source that the host has named."""

from datetime import datetime

from django.utils.module_loading import import_string

from ..conf import setting
from .base import ChatSource


def source_class() -> type[ChatSource]:
    """Import the host's source.

    Errors: ImportError when the dotted path leads nowhere, TypeError when what is there is no ChatSource.
    """
    found = import_string(setting("SOURCE"))
    if not (isinstance(found, type) and issubclass(found, ChatSource)):
        raise TypeError(f"{setting('SOURCE')} is not a subclass of statistics_app.sources.base.ChatSource.")
    return found


def chat_source(at: datetime) -> ChatSource:
    """Make the host's source for one instant."""
    return source_class()(at)
