"""A stream of documents that are stored in several files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple

from .contents import Contents
from .document import Document
from .export import Fingerprint
from .files import StoredFile

LONGEST_KEY = 1024


class Found(NamedTuple):
    """A document in a file: its place there, and its value or the error that occurred while reading it.

    Rejects show the place instead of the text, which belongs to the people who wrote it.
    """

    place: str
    value: dict[str, Any] | None
    error: str = ""


# Finds documents in the contents of a file.
FileReader = Callable[[StoredFile, BufferedReader], Iterator[Found]]


@dataclass
class FileStream:
    """The documents that a reader finds in files, one file after the other.

    `path` is the export's, and `name` is unique in it. A file that cannot be read to its end adds a document with the error.
    """

    path: Path
    name: str
    files: Sequence[StoredFile]
    read: FileReader
    _bytes_before: int = 0
    _contents: Contents | None = None

    @property
    def location(self) -> str:
        """The path of the export and the name of the stream."""
        return f"{self.path}, {self.name}"

    @property
    def size(self) -> int:
        """The size of all files."""
        return sum(file.size for file in self.files)

    @property
    def position(self) -> int:
        """The size of the files that were read, and the position in the one being read."""
        return self._bytes_before + (self._contents.position if self._contents else 0)

    def fingerprint(self) -> Fingerprint:
        """Identify the stream by its name, and by the size and last modification of the files on disk."""
        stats = [storage.stat() for storage in {file.storage for file in self.files}]
        key = f"{self.path.resolve()}#{self.name}"
        if len(key) > LONGEST_KEY:
            key = sha256(key.encode(errors="surrogateescape")).hexdigest()
        return Fingerprint(key, sum(stat.st_size for stat in stats), max((stat.st_mtime_ns for stat in stats), default=0))

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`."""
        for number, (place, value, error) in enumerate(self.find(), 1):
            if number > skip:
                yield Document(number, place.encode(errors="replace"), value, error)

    def find(self) -> Iterator[Found]:
        """Yield what the reader finds in each file."""
        self._bytes_before = 0
        for file in self.files:
            try:
                with Contents(file) as self._contents:
                    yield from self.read(file, self._contents.stream)
            except (EOFError, OSError) as error:
                yield Found(str(file.path), None, f"the file is truncated or corrupt: {error}")
            self._contents = None
            self._bytes_before += file.size
