"""Split a JSON array of any size, or documents that follow each other on many lines, into texts, without parsing them."""

import re
from collections.abc import Iterator
from io import BufferedIOBase

from .json_documents import LONGEST_LINE, READ_SIZE, Source

# The bytes that determine where an element ends: brackets, quotes, and escaped characters.
_STRUCTURE = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)


def split_array(stream: BufferedIOBase, element_start: re.Pattern[bytes]) -> Iterator[Source]:
    """Yield the source texts of the elements.

    If the array ends within an element, for example because a quote is missing, the element is taken to end before the next
    match of `element_start`, which every element begins with. An element that exceeds the limit for a line ends there as well.
    If the array ends between two elements, without its bracket, the last text is empty and has an error.
    """
    buffer = _Buffer(stream, element_start)
    skipped = buffer.skip_separators(b"[]")
    is_array = b"[" in skipped
    while buffer.has_more():
        yield buffer.take_element(), ""
        skipped = buffer.skip_separators(b",]")
    if is_array and not buffer.is_cut and b"]" not in skipped:
        yield b"", "invalid JSON: truncated"


class _Buffer:
    """The part of an array that is needed to find the end of the next element, which begins at `start`."""

    def __init__(self, stream: BufferedIOBase, element_start: re.Pattern[bytes]) -> None:
        self.stream = stream
        self.element_start = element_start
        self.text = b""
        self.start = 0
        self.is_cut = False

    def has_more(self) -> bool:
        return self.start < len(self.text) or self._fill()

    def skip_separators(self, separators: bytes) -> bytes:
        """Skip white space and separators before the next element, and return them."""
        skipped = b""
        while self.has_more():
            start, self.start = self.start, _skip(self.text, self.start, b" \t\r\n" + separators)
            skipped += self.text[start : self.start]
            if self.start < len(self.text):
                break
        return skipped

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
                        self.is_cut = False
                        return self._take(at)
            read = at - self.start
            if len(self.text) - self.start > LONGEST_LINE or not self._fill():
                self.is_cut = True
                return self._take(self._next_element())
            at = self.start + read

    def _next_element(self) -> int:
        following = self.element_start.search(self.text, self.start + 1)
        return following.start() if following else len(self.text)

    def _take(self, end: int) -> bytes:
        taken, self.start = self.text[self.start : end], end
        return taken

    def _fill(self) -> bool:
        more = self.stream.read1(READ_SIZE)
        self.text, self.start = self.text[self.start :] + more, 0
        return bool(more)


def _skip(text: bytes, start: int, skipped: bytes) -> int:
    while start < len(text) and text[start] in skipped:
        start += 1
    return start
