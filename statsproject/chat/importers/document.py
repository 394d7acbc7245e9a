"""The documents of an export."""

from dataclasses import dataclass
from typing import Any


class InvalidValue(Exception):
    """A value because of which a document cannot be loaded; the message is the reason."""


class NotCounted(Exception):
    """A document that is not what its collection counts, such as an old version of a message; the message says what it is.

    `id` is the document's id: a row that was loaded of an earlier state of it is deleted.
    """

    def __init__(self, note: str, id: str) -> None:
        super().__init__(note)
        self.id = id


@dataclass(frozen=True, slots=True)
class Document:
    """A document of an export, or the error that occurred while reading it.

    `number` counts the documents of a stream from 1. `source` is what the document was read from, or its first bytes.
    `value` is None if the document could not be read; `error` is the reason then.
    `may_contain_nul` is false if the strings in `value` are known to contain no NUL characters.
    """

    number: int
    source: bytes
    value: dict[str, Any] | None = None
    error: str = ""
    may_contain_nul: bool = True

    @property
    def excerpt(self) -> str:
        """Return the source as text for the rejects file."""
        return self.source.decode(errors="replace").strip()
