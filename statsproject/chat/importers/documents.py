"""Read an export's file, one document after the other, whatever is wrong with some of them."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import orjson

LONGEST_LINE = 64 * 1024 * 1024
CHUNK = 1024 * 1024
SHOWN = 500
# The bytes that tell where an element ends: brackets, quotes, and what a backslash hides.
_TELLING = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)
ENDINGS = (".jsonl", ".json", ".jsonl.gz", ".json.gz")


@dataclass(frozen=True, slots=True)
class Document:
    """A line of a file, or an element of its array: what it holds, or why it holds nothing."""

    line: int
    text: bytes
    value: dict[str, Any] | None = None
    fault: str = ""


@dataclass
class ExportFile:
    """One file of an export, read as it lies on the disk or unpacked on the way."""

    path: Path
    is_array: bool = False
    _raw: IO[bytes] | None = None

    @property
    def size(self) -> int:
        """Its bytes as it lies on the disk."""
        return self.path.stat().st_size

    @property
    def position(self) -> int:
        """How many of those bytes are read."""
        return self.size if self._raw is None or self._raw.closed else self._raw.tell()

    def documents(self, skip: int = 0) -> Iterator[Document]:
        """Yield the documents after the first `skip`; blank lines are none. A file that breaks off ends in a fault."""
        with self._opened() as stream:
            lines = _elements(stream) if self.is_array or self._begins_as_array() else _lines(stream)
            line = 0
            try:
                for line, (text, is_cut) in enumerate(lines, 1):
                    if line > skip:
                        yield Document(line, text[:SHOWN], fault=is_cut) if is_cut else _parsed(line, text)
            except (EOFError, OSError, zlib.error) as error:
                yield Document(line + 1, b"", fault=f"the file is cut off or damaged here: {error}")

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        with self.path.open("rb") as raw:
            self._raw = raw
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if self.path.suffix == ".gz" else raw

    def _begins_as_array(self) -> bool:
        if ".jsonl" in self.path.suffixes:
            return False
        try:
            with self._opened() as stream:
                return stream.read(CHUNK).lstrip()[:1] == b"["
        except (EOFError, OSError, zlib.error):
            return False


def find_file(folder: Path, collection: str) -> Path | None:
    """Find the file of a collection; errors: ValueError when there are several."""
    found = [path for ending in ENDINGS if (path := folder / f"{collection}{ending}").is_file()]
    if len(found) > 1:
        raise ValueError(f"{collection} is there more than once: {', '.join(path.name for path in found)}. Keep one.")
    return found[0] if found else None


def _parsed(line: int, text: bytes) -> Document:
    try:
        value = orjson.loads(text)
    except ValueError:
        return Document(line, text[:SHOWN], fault=_fault_of(text))
    if not isinstance(value, dict):
        return Document(line, text[:SHOWN], fault="not a document")
    return Document(line, text, value)


def _fault_of(text: bytes) -> str:
    try:
        text.decode()
    except UnicodeDecodeError:
        return "not UTF-8"
    return "not JSON" if text.rstrip().endswith(b"}") else "not JSON: cut off"


def _lines(stream: IO[bytes]) -> Iterator[tuple[bytes, str]]:
    """Yield the lines that are not blank, each with a fault if it is longer than any document can be."""
    while text := stream.readline(LONGEST_LINE):
        fault = ""
        if not text.endswith(b"\n") and len(text) == LONGEST_LINE:
            fault = f"longer than {LONGEST_LINE} bytes"
            while (rest := stream.readline(CHUNK)) and not rest.endswith(b"\n"):
                pass
        if text.strip():
            yield text, fault


def _elements(stream: IO[bytes]) -> Iterator[tuple[bytes, str]]:
    """Yield the elements of an array, each as its own text; after a damaged one reading goes on where the next begins."""
    buffer = _Buffer(stream)
    buffer.drop_separators(b"[]")
    while buffer.has_more():
        yield buffer.take_element(), ""
        buffer.drop_separators(b",]")


class _Buffer:
    """As much of an array as is needed to see the end of its next element, which begins at `start`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.text = b""
        self.start = 0

    def has_more(self) -> bool:
        return self.start < len(self.text) or self._fill()

    def drop_separators(self, separators: bytes) -> None:
        """Drop white space and separators before the next element."""
        while self.has_more():
            self.start = _beyond(self.text, self.start, b" \t\r\n" + separators)
            if self.start < len(self.text):
                return

    def take_element(self) -> bytes:
        """Take the text up to the end of the element's last bracket, or, if it has none, up to the next element."""
        at, depth, in_string = self.start, 0, False
        while True:
            for found in _TELLING.finditer(self.text, at):
                at = found.end()
                if found[0] == b'"':
                    in_string = not in_string
                elif not in_string and found[0] in b"{[":
                    depth += 1
                elif not in_string and found[0] in b"}]":
                    depth -= 1
                    if depth <= 0:
                        return self._take(at)
            read = at - self.start
            if not self._fill():
                return self._take(self._next_beginning())
            at = self.start + read

    def _next_beginning(self) -> int:
        following = self.text.find(b'{"_id"', self.start + 1)
        return following if following > 0 else len(self.text)

    def _take(self, end: int) -> bytes:
        taken, self.start = self.text[self.start : end], end
        return taken

    def _fill(self) -> bool:
        more = self.stream.read(CHUNK)
        self.text, self.start = self.text[self.start :] + more, 0
        return bool(more)


def _beyond(text: bytes, start: int, dropped: bytes) -> int:
    while start < len(text) and text[start] in dropped:
        start += 1
    return start
