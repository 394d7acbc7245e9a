"""Split a JSON object of arrays, such as the tables of a database, of any size into the texts of their elements."""

import json
import re
from collections.abc import Iterator
from io import BufferedIOBase

from .json_documents import Source
from .json_text import JsonText

DAMAGED = "invalid JSON"
TRUNCATED = "invalid JSON: truncated"
# Where no element begins: on one line, one looks like an object inside of another.
_NOWHERE = re.compile(rb"(?!)")


def split_tables(stream: BufferedIOBase) -> Iterator[tuple[str, Source]]:
    """Yield the source texts of the elements, with the name of their array. Of other values there is only an error.

    If an element has no end, for example because a quote is missing, it is taken to end before the next line that is indented
    like the first element. If the object itself is damaged, the last name and text are empty, and there is an error.
    """
    text = JsonText(stream, _NOWHERE)
    is_whole = text.skip_separators(b"{").strip() == b"{"
    while is_whole and text.next_byte() not in (b"}", b""):
        name = _take_name(text)
        if name is None:
            is_whole = False
        elif text.next_byte() == b"[":
            text.start += 1
            yield from ((name, element) for element in _elements(text))
        else:
            text.is_cut = not _take_value(text)
            yield name, (b"", "not a JSON array")
        is_whole = is_whole and not text.is_cut
        text.skip_separators(b",")
    is_whole = is_whole and text.skip_separators(b"}").strip() == b"}"
    if not is_whole or text.has_more():
        yield "", (b"", DAMAGED if text.has_more() else TRUNCATED)


def _take_name(text: JsonText) -> str | None:
    """Take the name of a member and the colon behind it, None if there are none."""
    string = text.take_scalar()
    if text.skip_separators(b":").strip() != b":":
        return None
    try:
        name = json.loads(string)
    except ValueError:
        return None
    return name if isinstance(name, str) else None


def _elements(text: JsonText) -> Iterator[Source]:
    """Yield the elements of an array up to its end, which is skipped, or to what cannot be an element."""
    _, line, indentation = text.skip_separators(b"").rpartition(b"\n")
    text.element_start = re.compile(re.escape(line + indentation) + rb"\{") if line else _NOWHERE
    while text.next_byte() not in (b"]", b"") and (element := _take_value(text)):
        yield element, ""
        text.skip_separators(b",")
    if text.next_byte() == b"]":
        text.start += 1
    else:
        text.is_cut = True


def _take_value(text: JsonText) -> bytes:
    if flat := text.take_flat_object():
        return flat
    return text.take_element() if text.next_byte() in (b"{", b"[") else text.take_scalar()
