"""The result of an import."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class StreamReport:
    """The number of documents of one stream: read, accepted and rejected.

    `reasons` are those of the rejected ones, and `notes` describe others that the report mentions, both with their number.
    `position` is that in the stream after the last document, in bytes.
    """

    name: str
    documents: int = 0
    accepted: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    position: int = 0


@dataclass(slots=True)
class LoadReport:
    """The result of an import: its streams, and the collections that the export lacks."""

    streams: list[StreamReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """The number of documents that were read."""
        return sum(stream.documents for stream in self.streams)

    @property
    def accepted(self) -> int:
        """The number of documents that were accepted."""
        return sum(stream.accepted for stream in self.streams)

    @property
    def rejected(self) -> int:
        """The number of documents that were rejected."""
        return sum(stream.rejected for stream in self.streams)

    @property
    def reasons(self) -> Counter[str]:
        """The number of rejected documents by reason."""
        return sum((stream.reasons for stream in self.streams), Counter())
