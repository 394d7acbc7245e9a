"""How documents follow each other in a file, recognized by what it begins with."""

import re
from enum import Enum
from io import BytesIO

import orjson

from ..json_array import split_array
from ..json_documents import SHELL_CALL
from .archive import MAGIC
from .bson_documents import DOCUMENT_START, starts_with_document

# mongoexport writes the id first.
ELEMENT_START = re.compile(rb'\{\s*"_id"')

# The first field of the header of an archive.
_ARCHIVE_HEADER = b"concurrent_collections\x00"
_ONE_LINE_ARRAYS = re.compile(rb"\[.*\][ \t\r]*\n\s*\S")
# Keys without quotes, as mongosh prints them.
_BARE_KEY = re.compile(rb"[\[{]\s*(?:\{\s*)?_id\s*:")
_FOREIGN = (
    (re.compile(rb"\x28\xb5\x2f\xfd"), "compressed with Zstandard: decompress it first"),
    (re.compile(rb"PK\x03\x04"), "a .zip archive: import it by its own path"),
    (re.compile(rb"(?i)\s*<(?:!doctype|html|\?xml)"), "HTML or XML: export the collection again with mongoexport"),
    (re.compile(rb'"?_id"?,'), "CSV, which lacks most of the fields: export it with mongoexport without --type=csv"),
)


class Layout(Enum):
    """How the documents follow each other."""

    EMPTY = "nothing"
    LINES = "one JSON document on each line"
    ARRAY = "a JSON array, or JSON documents on many lines"
    BSON = "BSON"
    ARCHIVE = "an archive of mongodump"


def recognize(head: bytes, *, is_named_bson: bool = False) -> Layout:
    """Return the layout of a file that begins with `head`. Errors: ValueError, whose message continues "the file is …".

    A file whose name says BSON and that holds some is BSON, whatever damage made of its first bytes.
    """
    if not head:
        return Layout.EMPTY
    if is_named_bson and DOCUMENT_START.search(head) and _ARCHIVE_HEADER not in head:
        return Layout.BSON
    if head.startswith(MAGIC):
        return Layout.ARCHIVE
    if starts_with_document(head):
        return Layout.BSON
    for pattern, description in _FOREIGN:
        if pattern.match(head):
            raise ValueError(description)
    layout = Layout.ARRAY if _is_array(head.lstrip()) or _is_spread(head.lstrip()) else Layout.LINES
    if _is_of_shell(head, layout):
        raise ValueError(
            "in the format of the mongo shell (ISODate(…), ObjectId(…)), which is not JSON: "
            "export it with mongoexport or mongodump"
        )
    return layout


def end_with_commas(head: bytes) -> bool:
    """Return whether the first line is a document with a comma after it."""
    line = head.lstrip().partition(b"\n")[0].rstrip()
    return line.endswith(b"},") and _is_json(line[:-1])


def _is_array(text: bytes) -> bool:
    """Return whether an array of documents begins, and not lines that are arrays."""
    return text.startswith(b"[") and text[1:].lstrip()[:1] in (b"{", b"]", b"") and not _ONE_LINE_ARRAYS.match(text)


def _is_spread(text: bytes) -> bool:
    """Return whether the first document takes many lines."""
    line, _, rest = text.partition(b"\n")
    is_open = line.startswith(b"{") and line.rstrip().endswith((b"{", b"[", b","))
    return is_open and rest.lstrip()[:1] in (b'"', b"_") and not _is_json(line.rstrip().rstrip(b","))


def _is_of_shell(head: bytes, layout: Layout) -> bool:
    start = head.lstrip()
    first = _first_element(start) if layout is Layout.ARRAY else start.partition(b"\n")[0]
    return not _is_json(first) and bool(SHELL_CALL.search(first) or _BARE_KEY.match(start))


def _first_element(text: bytes) -> bytes:
    return next(split_array(BytesIO(text), ELEMENT_START), (b"", ""))[0]


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True
