"""The files that `mongoexport` writes: one for each collection, with a document on each line or with one JSON array."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from ..document import Document
from ..export import Fingerprint
from ..json_array import split_array, starts_with_array
from ..json_documents import parse_documents, split_lines

FILE_ENDINGS = (".jsonl", ".json", ".jsonl.gz", ".json.gz")
# mongoexport writes the id first.
ELEMENT_START = b'{"_id"'


@dataclass
class MongoexportFile:
    """The file of one collection, compressed or not. Sizes and positions are those of the file on disk."""

    path: Path
    is_array: bool = False
    _raw: IO[bytes] | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    @property
    def size(self) -> int:
        """The size of the file."""
        return self.path.stat().st_size

    @property
    def position(self) -> int:
        """The number of bytes read so far."""
        return self.size if self._raw is None or self._raw.closed else self._raw.tell()

    def fingerprint(self) -> Fingerprint:
        """Identify the file by its path, size and modification time."""
        stat = self.path.stat()
        return Fingerprint(str(self.path.resolve()), stat.st_size, stat.st_mtime_ns)

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`. Blank lines are not documents."""
        is_array = self.is_array or self._starts_with_array()
        with self._open() as stream:
            yield from parse_documents(split_array(stream, ELEMENT_START) if is_array else split_lines(stream), skip)

    @contextmanager
    def _open(self) -> Iterator[IO[bytes]]:
        with self.path.open("rb") as raw:
            self._raw = raw
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if self.path.suffix == ".gz" else raw

    def _starts_with_array(self) -> bool:
        if ".jsonl" in self.path.suffixes:
            return False
        try:
            with self._open() as stream:
                return starts_with_array(stream)
        except (EOFError, OSError, zlib.error):
            return False


def find_file(folder: Path, collection: str) -> Path | None:
    """Return the file of a collection, or None. Errors: ValueError if there are several."""
    found = [path for ending in FILE_ENDINGS if (path := folder / f"{collection}{ending}").is_file()]
    if len(found) > 1:
        raise ValueError(
            f"There are several files for {collection}: {', '.join(path.name for path in found)}. Keep one of them."
        )
    return found[0] if found else None
