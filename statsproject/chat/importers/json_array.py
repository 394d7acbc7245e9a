"""Split a JSON array of any size into its elements, without parsing it."""

import re
from collections.abc import Iterator
from typing import IO

from .json_documents import READ_SIZE, SourceText

# The bytes that determine where an element ends: brackets, quotes, and escaped characters.
_STRUCTURE = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)


def starts_with_array(stream: IO[bytes]) -> bool:
    """Return whether the first character that is not white space opens an array."""
    return stream.read(READ_SIZE).lstrip()[:1] == b"["


def split_array(stream: IO[bytes], element_start: bytes) -> Iterator[SourceText]:
    """Yield the source texts of the elements.

    If the array ends within an element, for example because a quote is missing, the element is taken to end before the next
    occurrence of `element_start`, the bytes that every element starts with.
    """
    buffer = _Buffer(stream, element_start)
    buffer.skip_separators(b"[]")
    while buffer.has_more():
        yield buffer.take_element(), ""
        buffer.skip_separators(b",]")


class _Buffer:
    """The part of an array that is needed to find the end of the next element, which begins at `start`."""

    def __init__(self, stream: IO[bytes], element_start: bytes) -> None:
        self.stream = stream
        self.element_start = element_start
        self.text = b""
        self.start = 0

    def has_more(self) -> bool:
        return self.start < len(self.text) or self._fill()

    def skip_separators(self, separators: bytes) -> None:
        """Skip white space and separators before the next element."""
        while self.has_more():
            self.start = _skip(self.text, self.start, b" \t\r\n" + separators)
            if self.start < len(self.text):
                return

    def take_element(self) -> bytes:
        """Take the text up to the closing bracket of the element or, if there is none, up to the next element."""
        at, depth, in_string = self.start, 0, False
        while True:
            for found in _STRUCTURE.finditer(self.text, at):
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
                return self._take(self._next_element())
            at = self.start + read

    def _next_element(self) -> int:
        following = self.text.find(self.element_start, self.start + 1)
        return following if following > 0 else len(self.text)

    def _take(self, end: int) -> bytes:
        taken, self.start = self.text[self.start : end], end
        return taken

    def _fill(self) -> bool:
        more = self.stream.read(READ_SIZE)
        self.text, self.start = self.text[self.start :] + more, 0
        return bool(more)


def _skip(text: bytes, start: int, skipped: bytes) -> int:
    while start < len(text) and text[start] in skipped:
        start += 1
    return start
