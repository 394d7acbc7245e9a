"""The documents of an export."""

import json
from typing import Any, NamedTuple

EXCERPT_LENGTH = 500


class InvalidValue(Exception):
    """A value because of which a document cannot be loaded; the message is the reason."""


class NotCounted(Exception):
    """A document that is not what its collection counts, such as an old version of a message; the message says what it is.

    `id` is the document's id: a row that was loaded of an earlier state of it is deleted.
    """

    def __init__(self, note: str, id: str) -> None:
        super().__init__(note)
        self.id = id


class Document(NamedTuple):
    """A document of an export, or the error that occurred while reading it.

    `number` counts the documents of a stream from 1. `source` is the text that the document was read from,
    or its first bytes; empty if that is no text. `value` is None if the document could not be read; `error` is the reason then.
    `may_contain_nul` is false if the strings in `value` are known to contain no NUL characters.
    """

    number: int
    source: bytes
    value: dict[str, Any] | None = None
    error: str = ""
    may_contain_nul: bool = True

    @property
    def excerpt(self) -> str:
        """Return the beginning of the document as text, for the rejects file."""
        if self.value is not None and not self.source:
            return json.dumps(self.value, default=str)[:EXCERPT_LENGTH]
        return self.source[:EXCERPT_LENGTH].decode(errors="replace").strip()
