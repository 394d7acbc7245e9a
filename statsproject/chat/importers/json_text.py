"""Find where the elements of a JSON text of any size end, without parsing them and without keeping them."""

import re
from io import BufferedIOBase

from .json_documents import LONGEST_LINE, READ_SIZE

# The bytes that determine where an element ends: brackets, quotes, and escaped characters.
_STRUCTURE = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# The quantifiers are possessive: nothing is tried again where there is another object inside.
_FLAT_OBJECT = re.compile(rb'\{[^{}\[\]"]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^{}\[\]"]*+)*+\}', re.DOTALL)
_NUMBER_OR_NAME = re.compile(rb"[\w.+-]*")


class JsonText:
    """The part of a text that is needed to find the end of what is next, which begins at `start`.

    Every element of an array begins with `element_start`. `is_cut` says that the element that was taken last had no end.
    """

    def __init__(self, stream: BufferedIOBase, element_start: re.Pattern[bytes]) -> None:
        self.stream = stream
        self.element_start = element_start
        self.text = b""
        self.start = 0
        self.is_cut = False

    def has_more(self) -> bool:
        """Return whether the text continues."""
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

    def next_byte(self) -> bytes:
        """Return the next byte, b"" at the end."""
        return self.text[self.start : self.start + 1] if self.has_more() else b""

    def take_scalar(self) -> bytes:
        """Take a string with its quotes, a number, or a name such as `null`; b"" if there is none."""
        pattern = _STRING if self.next_byte() == b'"' else _NUMBER_OR_NAME
        while True:
            found = pattern.match(self.text, self.start)
            if found and found.end() < len(self.text):
                return self._take(found.end())
            if len(self.text) - self.start > LONGEST_LINE or not self._fill():
                return self._take(found.end()) if found else b""

    def take_flat_object(self) -> bytes:
        """Take an object that contains no other and no array, b"" if there is none, or if it is not known to its end.

        Most rows of tables are such objects, and are found much faster than others.
        """
        found = _FLAT_OBJECT.match(self.text, self.start)
        self.is_cut = self.is_cut and not found
        return self._take(found.end()) if found else b""

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
