"""Loading of the host's source class."""

from datetime import datetime

from django.utils.module_loading import import_string

from ..conf import setting
from .base import ChatSource


def source_class() -> type[ChatSource]:
    """Import the class that the setting `SOURCE` names.

    Errors: ImportError if the dotted path cannot be imported, TypeError if it is not a subclass of ChatSource.
    """
    source = import_string(setting("SOURCE"))
    if not (isinstance(source, type) and issubclass(source, ChatSource)):
        raise TypeError(f"{setting('SOURCE')} is not a subclass of statistics_app.sources.base.ChatSource.")
    return source


def chat_source(at: datetime) -> ChatSource:
    """Return an instance of the host's source for one point in time."""
    return source_class()(at)
