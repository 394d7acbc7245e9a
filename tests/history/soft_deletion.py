"""A source in which a message that was edited counts as deleted, as chats do that keep deleted rows."""

from dataclasses import replace

from django.db.models import Q

from statsproject.chat.statistics_source import WorkspaceSource


class SoftDeletionSource(WorkspaceSource):
    """The source of the chat, without the messages that have been edited."""

    assert WorkspaceSource.message_table is not None
    message_table = replace(WorkspaceSource.message_table, where=Q(edited_at__isnull=True))
