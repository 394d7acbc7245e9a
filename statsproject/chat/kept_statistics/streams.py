"""Where kept statistics are read from: a backup, a file of its own, or standard input."""

import gzip
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..importers.document import Document
from ..importers.export import DocumentStream, Fingerprint
from ..importers.files.reading import READ_SIZE
from ..importers.json_array import split_array
from ..importers.json_documents import parse_documents, parse_json, split_lines
from ..importers.mongodb.bson_documents import document_parser, load_decoder, split_bson
from ..importers.mongodb.layouts import ELEMENT_START, Layout, recognize
from ..importers.rocketchat.backup import open_collection

COLLECTION = "rocketchat_statistics"
STANDARD_INPUT = "-"


def open_statistics(path: str) -> DocumentStream:
    """Return the stream of the documents at a path; `-` is standard input. Errors: ValueError where there are none."""
    if path == STANDARD_INPUT:
        return StandardInput(sys.stdin.buffer)
    stream = open_collection(Path(path), COLLECTION)
    if stream is None:
        raise ValueError(f"{path} contains no {COLLECTION}.")
    return stream


@dataclass
class StandardInput:
    """The documents that another program writes, compressed with gzip or not."""

    raw: Any
    size: int | None = None
    name: str = "standard input"
    location: str = "standard input"
    position: int = 0

    def fingerprint(self) -> Fingerprint:
        """Identify it by nothing: what comes through a pipe cannot be read again."""
        return Fingerprint(STANDARD_INPUT, 0, 0)

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`. Errors: ValueError if they are in a format that is not read."""
        for document in self._documents(skip):
            self.position += len(document.source)
            yield document

    def _documents(self, skip: int) -> Iterator[Document]:
        stream: Any = gzip.GzipFile(fileobj=self.raw) if self.raw.peek(2)[:2] == b"\x1f\x8b" else self.raw
        if stream.peek(len(BOM_UTF8)).startswith(BOM_UTF8):
            stream.read(len(BOM_UTF8))
        match _recognize(stream.peek(READ_SIZE)):
            case Layout.BSON:
                decode = load_decoder()
                return parse_documents(split_bson(stream, decode), skip, document_parser(decode))
            case Layout.ARRAY:
                return parse_documents(split_array(stream, ELEMENT_START), skip, parse_json)
            case Layout.ARCHIVE:
                raise ValueError("Standard input is an archive of mongodump: give its path.")
            case _:
                return parse_documents(split_lines(stream), skip, parse_json)


def _recognize(head: bytes) -> Layout:
    try:
        return recognize(head)
    except ValueError as error:
        raise ValueError(f"Standard input is {error}.") from error
