"""Read BSON documents that follow each other, and continue after those that are damaged."""

import re
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from struct import Struct
from typing import Any

from ..document import EXCERPT_LENGTH, Document
from ..json_documents import READ_SIZE, Source

# MongoDB's own limit is 16 MiB, and somewhat more for its internal documents.
LONGEST_DOCUMENT = 32 * 1024**2
SHORTEST_DOCUMENT = 5
# In an archive, what ends the documents of a block. It cannot be the length of a document.
TERMINATOR = b"\xff\xff\xff\xff"
# MongoDB stores the id as the first field: after the length of the document and the type of the field, its name follows.
_ID = b"_id\0"
_ID_AT = 5
# Where a document may begin. In an archive, where a block may end and the header of the next one begins, too.
DOCUMENT_START = re.compile(rb"(?=.{4}[\x01-\x13\x7f\xff]_id\x00)", re.DOTALL)
_LONGEST_START = 16
_LENGTH = Struct("<I")
# What is before a document that is the value of a field: the type, and the name of the field.
_FIELD = re.compile(rb"\x03[^\x00-\x1f]{1,64}\x00\Z")
_LONGEST_FIELD = 66

Decode = Callable[[bytes], dict[str, Any]]


def starts_with_document(head: bytes) -> bool:
    """Return whether a file begins with a BSON document."""
    length = int.from_bytes(head[:4], "little")
    return len(head) >= SHORTEST_DOCUMENT and SHORTEST_DOCUMENT <= length <= LONGEST_DOCUMENT and head[4] <= 0x13


def load_decoder() -> Decode:
    """Return a function that decodes a document. Its errors are ValueErrors. Errors: ValueError if pymongo is not installed."""
    try:
        from bson import ObjectId, decode  # noqa: PLC0415 - only those who have BSON need pymongo
        from bson.codec_options import CodecOptions, DatetimeConversion, TypeDecoder, TypeRegistry  # noqa: PLC0415
        from bson.errors import BSONError  # noqa: PLC0415
    except ImportError as error:
        raise ValueError("Reading BSON needs the Python package pymongo: pip install pymongo") from error

    class ObjectIdAsText(TypeDecoder):
        """Object ids as their hexadecimal digits, as everywhere else."""

        bson_type = ObjectId

        def transform_bson(self, value: Any) -> str:
            return str(value)

    options: CodecOptions[dict[str, Any]] = CodecOptions(
        dict,
        datetime_conversion=DatetimeConversion.DATETIME_CLAMP,  # years before 1 or after 9999 do not fail
        unicode_decode_error_handler="replace",
        type_registry=TypeRegistry([ObjectIdAsText()]),
    )

    def decode_document(source: bytes) -> dict[str, Any]:
        try:
            return decode(source, options)
        except (BSONError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError("invalid BSON") from error

    return decode_document


def document_parser(decode: Decode) -> Callable[[int, bytes], Document]:
    """Return a function that makes a document of a number and its BSON."""

    def parse(number: int, source: bytes) -> Document:
        try:
            return Document(number, b"", decode(source))
        except ValueError as error:
            return Document(number, source[:EXCERPT_LENGTH], error=str(error))

    return parse


def split_bson(stream: BufferedIOBase, decode: Decode) -> Iterator[Source]:
    """Yield the documents of a file."""
    documents = BsonStream(stream, decode)
    while documents.require(1):
        yield from documents.take_several()


class BsonStream:
    """Documents that follow each other. One that is damaged is taken to end where the next one begins.

    `starts` matches at each place where reading can continue after damage.
    """

    def __init__(self, stream: BufferedIOBase, decode: Decode, starts: re.Pattern[bytes] = DOCUMENT_START) -> None:
        self.stream, self.decode, self.starts = stream, decode, starts
        self.data = b""
        self.start = 0

    def require(self, length: int) -> bool:
        """Read until there are so many more bytes. Return whether there are."""
        while len(self.data) - self.start < length:
            if not self._fill():
                return False
        return True

    def take_several(self) -> Iterator[Source]:
        """Take one document or more: those of what has been read that another one follows, and the next one."""
        data, start = self.data, self.start
        last = len(data) - len(_ID)
        while start <= last:
            (length,) = _LENGTH.unpack_from(data, start)
            end = start + length
            if (
                not data.startswith(_ID, end + _ID_AT)
                or not SHORTEST_DOCUMENT <= length <= LONGEST_DOCUMENT
                or data[end - 1]
                or (data[end - 2] and self._is_field(end))
            ):
                break
            self.start = end
            yield data[start:end], ""
            start = end
        yield self.take()

    def take(self) -> Source:
        """Take the next document, or the damaged part before it with an error."""
        length = self.find_length()
        if not length:
            return self.skip_damage(self.starts)
        end = self.start + length
        taken, self.start = self.data[self.start : end], end
        return taken, ""

    def skip_damage(self, starts: re.Pattern[bytes]) -> Source:
        """Skip to the next place where reading can continue. Return the beginning of what is skipped, with an error."""
        skipped = self.data[self.start : self.start + EXCERPT_LENGTH]
        self.start += 1
        while True:
            if found := starts.search(self.data, self.start):
                self.start = found.start()
                if self.data.startswith(TERMINATOR, self.start) or self._is_on_its_own():
                    return skipped, "invalid BSON: damaged"
                self.start += 1
            else:
                self.start = max(self.start, len(self.data) - _LONGEST_START)
                if not self._fill():
                    self.start = len(self.data)
                    return skipped, "invalid BSON: truncated or damaged"

    def find_length(self) -> int:
        """Return the length of the document that begins here, or 0 if it is unknown, because the document is damaged."""
        length = self._read_length()
        return length if self._is_framed(length) or self._can_be_decoded(length) else 0

    def _read_length(self) -> int:
        """Return the length that a document here would have, or 0 if none can be here."""
        length = int.from_bytes(self.data[self.start : self.start + 4], "little") if self.require(SHORTEST_DOCUMENT) else 0
        is_whole = SHORTEST_DOCUMENT <= length <= LONGEST_DOCUMENT and self.require(length)
        return length if is_whole and self.data[self.start + length - 1] == 0 else 0

    def _is_framed(self, length: int) -> bool:
        """Return whether what follows is another document, the end of a block, or that of the stream."""
        if not length:
            return False
        has_more = self.require(length + _ID_AT + len(_ID))
        end = self.start + length
        if has_more and self.data.startswith(_ID, end + _ID_AT):
            return not self._is_field(end)
        return len(self.data) == end or self.data.startswith(TERMINATOR, end)

    def _is_on_its_own(self) -> bool:
        """Return whether a document begins here that is no part of another one."""
        return not self._is_field(self.start) and self._is_framed(self._read_length())

    def _is_field(self, start: int) -> bool:
        """Return whether what begins there looks like the value of a field of another document."""
        return bool(_FIELD.search(self.data, max(start - _LONGEST_FIELD, 0), start))

    def _can_be_decoded(self, length: int) -> bool:
        try:
            self.decode(self.data[self.start : self.start + length])
        except ValueError:
            return False
        return length > 0

    def _fill(self) -> bool:
        more = self.stream.read1(READ_SIZE)
        kept = max(self.start - _LONGEST_FIELD, 0)
        self.data, self.start = self.data[kept:] + more, self.start - kept
        return bool(more)
