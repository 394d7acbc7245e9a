"""The result of an import."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class StreamReport:
    """The number of documents of one stream: read, accepted and rejected; and of those that the report mentions, by note."""

    name: str
    documents: int = 0
    accepted: int = 0
    rejected: int = 0
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class LoadReport:
    """The result of an import: its streams, the collections that the export lacks, and the number of rejects by reason."""

    streams: list[StreamReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """The number of documents that were rejected."""
        return sum(stream.rejected for stream in self.streams)
