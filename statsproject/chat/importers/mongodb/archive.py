"""The archives that `mongodump --archive` writes: one file, in which the documents of all collections are interleaved.

After a magic number and a header, a document describes each collection. Blocks follow: a document that names the collection,
documents of it, and a terminator. The last block of a collection is empty, and says so.
"""

import re
from collections.abc import Iterator
from io import BufferedIOBase
from typing import NamedTuple

from ..json_documents import Source
from .bson_documents import DOCUMENT_START, TERMINATOR, BsonStream, Decode

MAGIC = (0x8199E26D).to_bytes(4, "little")

# The terminator of a block, and the header of the next one, whose first field is the name of the database.
_BLOCK_START = re.compile(rb"(?=\xff{4}.{4}\x02db\x00)", re.DOTALL)
_ANY_START = re.compile(DOCUMENT_START.pattern + b"|" + _BLOCK_START.pattern, re.DOTALL)


class Namespace(NamedTuple):
    """The name of a collection, in the database that it belongs to."""

    database: str
    collection: str


def read_namespaces(stream: BufferedIOBase, decode: Decode) -> list[Namespace]:
    """Return the names of the collections of an archive. Errors: ValueError if its beginning is damaged."""
    documents = _after_header(stream, decode)
    found = []
    while not _at_terminator(documents):
        namespace, _ = _take_names(documents)
        if namespace is None:
            raise ValueError("a damaged or incomplete archive of mongodump: copy it again")
        found.append(namespace)
    return found


def split_collection(stream: BufferedIOBase, namespace: Namespace, decode: Decode) -> Iterator[Source]:
    """Yield the documents of one collection; those of the others are passed over.

    What is damaged such that it is unknown which collection it belongs to, is taken for a document of each.
    """
    documents = _after_header(stream, decode)
    while not _at_terminator(documents) and documents.require(1):
        documents.take()
    while _skip_terminator(documents) and documents.require(1):
        found, is_last = _take_names(documents)
        if found is None:
            yield documents.skip_damage(_BLOCK_START)
        elif is_last and found == namespace:
            return
        while not _at_terminator(documents) and documents.require(1):
            for source in documents.take_several():
                if found == namespace:
                    yield source
    yield b"", f"the archive ends before the end of {namespace.collection}: it is truncated"


def _after_header(stream: BufferedIOBase, decode: Decode) -> BsonStream:
    documents = BsonStream(stream, decode, _ANY_START)
    documents.require(len(MAGIC))
    documents.start = len(MAGIC)
    documents.take()
    return documents


def _at_terminator(documents: BsonStream) -> bool:
    return documents.require(len(TERMINATOR)) and documents.data.startswith(TERMINATOR, documents.start)


def _skip_terminator(documents: BsonStream) -> bool:
    if _at_terminator(documents):
        documents.start += len(TERMINATOR)
        return True
    return False


def _take_names(documents: BsonStream) -> tuple[Namespace | None, bool]:
    """Take a document that names a collection, unless it is damaged; return the name, and whether no documents follow."""
    length = documents.find_length()
    end = documents.start + length
    try:
        value = documents.decode(documents.data[documents.start : end]) if length else {}
    except ValueError:
        value = {}
    database, collection = value.get("db"), value.get("collection")
    if not (isinstance(database, str) and isinstance(collection, str)):
        return None, False
    documents.start = end
    return Namespace(database, collection), value.get("EOF") is True
