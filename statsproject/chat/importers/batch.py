"""A batch: documents, the rows made from them, and those that were rejected."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Model

from .document import Document
from .upsert import Row


class MappedDocument(NamedTuple):
    """A document and the row made from it."""

    document: Document
    row: Row


class Rejection(NamedTuple):
    """A document that is not loaded, and the reason."""

    document: Document
    reason: str


@dataclass(slots=True)
class Batch:
    """Documents of one collection that are written in one transaction.

    `uncounted` are the ids of documents that are not counted. `placeholders` are rows, by table and id, to which rows of the
    batch refer. `notes` count the documents that were treated in a way that the report mentions.
    """

    mapped: list[MappedDocument] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)
    placeholders: dict[type[Model], dict[str, Row]] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    def accept(self, document: Document, row: Row) -> None:
        """Add the row that was made from a document."""
        self.mapped.append(MappedDocument(document, row))

    def reject(self, document: Document, reason: str) -> None:
        """Record why a document is not loaded."""
        self.rejections.append(Rejection(document, reason))

    def leave_out(self, id: str, note: str) -> None:
        """Record a document that is not counted."""
        self.uncounted.append(id)
        self.notes[note] += 1

    def reject_unless(self, is_valid: Callable[[Row], bool], reason: str) -> None:
        """Reject the documents whose row does not satisfy a condition."""
        candidates, self.mapped = self.mapped, []
        for document, row in candidates:
            if is_valid(row):
                self.accept(document, row)
            else:
                self.reject(document, reason)

    def rows(self) -> list[Row]:
        """Return the accepted rows; of several with the same id, the last."""
        return list({row["id"]: row for _, row in self.mapped}.values())
