"""A stream of documents that are stored in several files."""

import os
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
from .files.tree import storable_key


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

    `path` is the export's, and `name` is unique in it. `needed` are the other files that the documents depend on. A file that
    cannot be read to its end adds a document with the error.
    """

    path: Path
    name: str
    files: Sequence[StoredFile]
    read: FileReader
    needed: Sequence[StoredFile] = ()
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
        """Identify the stream by its name, and by the paths, sizes and last modifications of the files on disk."""
        stats = {storage: storage.stat() for storage in {file.storage for file in (*self.files, *self.needed)}}
        states = sorted((os.fsencode(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats.items())
        # Several times in one number: no change of one may be hidden by another's.
        digest = int.from_bytes(sha256(repr(states).encode()).digest()[:7])
        key = storable_key(f"{self.path.resolve()}#{self.name}")
        return Fingerprint(key, sum(size for _, size, _ in states), digest)

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
