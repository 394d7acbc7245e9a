"""The source of the chat without the authors of messages, which are then not noted."""

from dataclasses import replace

from statsproject.chat.statistics_source import WorkspaceSource


class NoAuthorsSource(WorkspaceSource):
    """The source whose messages have no author."""

    assert WorkspaceSource.message_table is not None
    message_table = replace(WorkspaceSource.message_table, author=None)
