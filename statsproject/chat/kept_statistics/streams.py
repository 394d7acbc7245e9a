"""Where kept statistics are read from: a file, a folder that contains one, or standard input."""

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from ..importers.document import Document
from ..importers.export import DocumentStream, Fingerprint
from ..importers.json_documents import parse_documents
from ..importers.rocketchat.mongoexport import MongoexportFile, find_file
from .layouts import split_documents

COLLECTION = "rocketchat_statistics"
STANDARD_INPUT = "-"


def open_statistics(path: str) -> DocumentStream:
    """Return the stream of the documents at a path; `-` is standard input. Errors: ValueError where there are none."""
    if path == STANDARD_INPUT:
        return StandardInput(sys.stdin.buffer)
    place = Path(path)
    if place.is_dir():
        found = find_file(place, COLLECTION)
        if found is None:
            raise ValueError(f"{place} contains no {COLLECTION} (.jsonl or .json, also .gz).")
        return StatisticsFile(found)
    if not place.exists():
        raise ValueError(f"There is no file {place}.")
    return StatisticsFile(place)


def describe_offer(path: Path) -> str:
    """Return the line that tells how to import the kept statistics beside an export; empty if there are none."""
    if not path.is_dir() or find_file(path, COLLECTION) is None:
        return ""
    return f"{COLLECTION}: the server's own statistics; import them with `manage.py import_statistics {path}`"


@dataclass
class StatisticsFile(MongoexportFile):
    """A file of documents in any layout, or of pages of `statistics.list`."""

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`."""
        with self._open() as stream:
            yield from parse_documents(split_documents(stream), skip)


@dataclass
class StandardInput:
    """The documents that another program writes, compressed or not."""

    raw: IO[bytes]
    size: int | None = None
    name: str = "standard input"
    location: str = "standard input"
    position: int = 0

    def fingerprint(self) -> Fingerprint:
        """Identify it by nothing: what comes through a pipe cannot be read again."""
        return Fingerprint(STANDARD_INPUT, 0, 0)

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`."""
        for document in parse_documents(split_documents(self._unpacked()), skip):
            self.position += len(document.source)
            yield document

    def _unpacked(self) -> IO[bytes]:
        peek = getattr(self.raw, "peek", None)
        if peek is not None and peek(2)[:2] == b"\x1f\x8b":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=self.raw))
        return self.raw
