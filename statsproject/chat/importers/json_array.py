"""Split a JSON array of any size, or documents that follow each other on many lines, into texts, without parsing them."""

import re
from collections.abc import Iterator
from io import BufferedIOBase

from .json_documents import Source
from .json_text import JsonText


def split_array(stream: BufferedIOBase, element_start: re.Pattern[bytes]) -> Iterator[Source]:
    """Yield the source texts of the elements.

    If the array ends within an element, for example because a quote is missing, the element is taken to end before the next
    match of `element_start`, which every element begins with. An element that exceeds the limit for a line ends there as well.
    If the array ends between two elements, without its bracket, the last text is empty and has an error.
    """
    text = JsonText(stream, element_start)
    skipped = text.skip_separators(b"[]")
    is_array = b"[" in skipped
    while text.has_more():
        yield text.take_element(), ""
        skipped = text.skip_separators(b",]")
    if is_array and not text.is_cut and b"]" not in skipped:
        yield b"", "invalid JSON: truncated"
