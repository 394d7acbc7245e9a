"""The interface between an export and its loading."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from .collection import Collection
from .document import Document


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Identifies a stream and its contents, so that an import resumes only if it reads the very same input.

    `key` identifies the stream among those of all exports, in at most 1024 characters. `size` in bytes and `modified_ns`, the
    modification time in nanoseconds, are those of its storage: if one of them changes, the contents are taken to have changed.
    For several files, `modified_ns` is a digest of the state of all.
    """

    key: str
    size: int
    modified_ns: int


class DocumentStream(Protocol):
    """The documents of one collection, wherever they are stored: in a file, in several, or in a part of an archive."""

    @property
    def name(self) -> str:
        """The name in progress bars and reports."""

    @property
    def location(self) -> str:
        """The place of the stream, as rejects and errors describe it."""

    @property
    def size(self) -> int | None:
        """The total number of bytes to read, or None if it is unknown."""

    @property
    def position(self) -> int:
        """The number of bytes read so far, out of `size`: 0 before the first document, and `size` after the last."""

    def fingerprint(self) -> Fingerprint:
        """Return the present identity of the stream. Errors: OSError if its storage is unavailable."""

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`, always in the same order and with the same numbers.

        Errors: ValueError or OSError if there are none, because the storage cannot be read; documents report what is damaged.
        """


class Export(Protocol):
    """An export of another chat."""

    description: ClassVar[str]
    """What the path of such an export must be, for the command's help."""

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add the command line options of this kind of export."""

    @classmethod
    def open(cls, path: Path, options: Mapping[str, Any]) -> Self:
        """Describe the export at a path with the parsed command line options. It is read later."""

    def streams(self) -> Sequence[tuple[Collection, DocumentStream]]:
        """Return the streams in load order: a collection after those that it refers to.

        Errors: ValueError if the export is empty, ambiguous or of another kind; OSError if a stream cannot be read.
        """

    def missing(self) -> Sequence[str]:
        """Return the names of the collections that the export does not contain."""

    def remarks(self) -> Sequence[str]:
        """Return sentences on files that are not what they seem, and on those that are not read."""

    def compare_with_loaded(self) -> Iterator[str]:
        """Yield the lines of a report that compares figures in the export with the loaded rows."""
