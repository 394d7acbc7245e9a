"""The contents of a stored file as its reader wants them: decompressed, and text as UTF-8 without a byte order mark."""

import bz2
import codecs
import gzip
import io
import lzma
from collections.abc import Callable
from typing import IO, Any, cast

from .files import StoredFile
from .files.limits import refuse_bomb
from .files.reading import DAMAGES, READ_SIZE, StoredBytes

HEAD_SIZE = 64 * 1024
DECOMPRESSORS: dict[bytes, tuple[str, Callable[..., Any]]] = {
    b"\x1f\x8b\x08": ("gzip", gzip.open),
    b"BZh": ("bzip2", bz2.open),
    b"\xfd7zXZ\0": ("xz", lzma.open),
}
# What JSON can begin with. A byte order mark alone could as well be the length of a BSON document.
_TEXT_STARTS = b"{[ \t\r\n"


class Contents:
    """The contents of a file that was opened for reading; a context manager that closes it.

    `stream` yields them. `compression` and `encoding` say what was undone: "gzip", "utf-16-le", …, or "".
    """

    def __init__(self, file: StoredFile) -> None:
        self._stored = file.open()
        self._bytes = cast("StoredBytes", self._stored.raw)
        self.stream: io.BufferedReader = self._stored
        try:
            self.compression = self._decompress(self._bytes.location)
            self.encoding = self._decode()
        except BaseException:
            self._stored.close()
            raise

    @property
    def position(self) -> int:
        """The number of bytes read so far, out of the size of the stored file."""
        return self._bytes.position

    def read_head(self, size: int = HEAD_SIZE) -> bytes:
        """Return the beginning, or what there is of it before the contents are damaged. Errors: OSError if that is nothing."""
        head = b""
        try:
            while len(head) < size and (more := self.stream.read1(size - len(head))):
                head += more
        except OSError:
            if not head:
                raise
        return head

    def _decompress(self, location: str) -> str:
        head = self._stored.peek(8)
        for magic, (name, open_) in DECOMPRESSORS.items():
            if head.startswith(magic):
                decompressed = _Decompressed(open_(self._stored), self._bytes, location)
                self.stream = io.BufferedReader(decompressed, READ_SIZE)
                return name
        return ""

    def _decode(self) -> str:
        head = self.stream.peek(4)
        if head.startswith(codecs.BOM_UTF8):
            self.stream.read(len(codecs.BOM_UTF8))
        encoding = _utf_16(head)
        if encoding:
            self.stream = io.BufferedReader(_Recoded(self.stream, encoding), READ_SIZE)
        return encoding

    def __enter__(self) -> "Contents":
        return self

    def __exit__(self, *_: object) -> None:
        self._stored.close()


def _utf_16(head: bytes) -> str:
    """Return the variant of UTF-16 that the text begins in, or ""."""
    start = head[2:6] if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else head[:4]
    for encoding, text, zero in (("utf-16-le", 0, 1), ("utf-16-be", 1, 0)):
        if len(start) == 4 and start[text] in _TEXT_STARTS and start[text + 2] and not start[zero] and not start[zero + 2]:
            return encoding
    return ""


class _Decompressed(io.RawIOBase):
    """A decompressed stream that ends with an error if it turns out to be a bomb."""

    def __init__(self, file: Any, packed: StoredBytes, location: str) -> None:
        super().__init__()
        self._file, self._packed, self._location = file, packed, location
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._file.read1(len(buffer))
        except (*DAMAGES, OSError) as error:
            raise OSError(f"{self._location} cannot be decompressed: {error}") from error
        self._unpacked += len(data)
        refuse_bomb(self._location, self._packed.position, self._unpacked)
        buffer[: len(data)] = data
        return len(data)


class _Recoded(io.RawIOBase):
    """UTF-16 text as UTF-8, without the byte order mark. What is not valid UTF-16 becomes a replacement character."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        super().__init__()
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._is_first = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = b""
        # UTF-8 takes up to 3 bytes for the 2 bytes of a UTF-16 unit.
        while not data and (read := self._file.read(max(len(buffer) // 3 * 2, 2))):
            text = self._decoder.decode(read)
            data = (text.removeprefix("\ufeff") if self._is_first else text).encode()
            self._is_first = self._is_first and not text
        if not data:
            data = self._decoder.decode(b"", final=True).encode()
        buffer[: len(data)] = data
        return len(data)
