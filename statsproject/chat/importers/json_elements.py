"""Read the objects in JSON arrays, and in those of an object, each with its place in the file."""

import re
from collections.abc import Collection, Iterator
from io import BufferedIOBase, BufferedReader, BytesIO
from typing import Any

import orjson

from .contents import Contents
from .file_stream import Found
from .files import StoredFile
from .json_array import split_array
from .json_documents import parse_json
from .json_tables import split_tables

# What is larger is split into its elements before these are parsed, which takes longer but little memory.
LARGEST_PARSED_WHOLE = 8 * 1024 * 1024
NO_OBJECT = "not a JSON object"
# How the elements of an indented array start. Without indentation, an element looks like an object inside of one.
ELEMENT_START = re.compile(rb"\n {1,8}\{")


def read_array(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    """Yield the elements of the array that a file consists of. If it is damaged, yield those that are complete."""
    text, rest = _read_small(stream)
    if rest is not None:
        yield from _split_array(file, rest)
        return
    try:
        elements = orjson.loads(text)
    except ValueError:
        yield from _split_array(file, BytesIO(text))
    else:
        yield from name_elements(str(file.path), elements)


def require_array(file: StoredFile) -> None:
    """Read an array to its end. Errors: ValueError if a part of it cannot be read; OSError if its storage is damaged."""
    with Contents(file) as contents:
        for found in read_array(file, contents.stream):
            if found.error not in ("", NO_OBJECT):
                raise ValueError(f"{file.location} cannot be read: {found.error}. Export or copy it again.")


def read_tables(file: StoredFile, stream: BufferedReader, names: Collection[str]) -> Iterator[tuple[str, Found]]:
    """Yield the elements of some arrays in the object that a file consists of, each with the array's name.

    They are in the order of the file. If it is damaged, yield those that are complete, and an error without a name.
    """
    text, rest = _read_small(stream)
    if rest is not None:
        yield from _split_tables(file, rest, names)
        return
    document = parse_json(0, text)
    if document.value is None:
        yield from _split_tables(file, BytesIO(text), names, document.error)
    for name, elements in (document.value or {}).items():
        if name in names:
            yield from ((name, found) for found in name_elements(_place(file, name), elements))


def name_elements(place: str, elements: Any) -> Iterator[Found]:
    """Yield the elements of a parsed array, each with its place."""
    if not isinstance(elements, list):
        yield Found(place, None, "not a JSON array")
        return
    for number, element in enumerate(elements, 1):
        if isinstance(element, dict):
            yield Found(f"{place}: {number}", element)
        else:
            yield Found(f"{place}: {number}", None, NO_OBJECT)


def parse_object(place: str, text: bytes) -> Found:
    """Parse a text that has to be an object."""
    document = parse_json(0, text)
    return Found(place, document.value, document.error)


def _read_small(stream: BufferedReader) -> tuple[bytes, BufferedIOBase | None]:
    """Return all that can be read, or else a stream of it, if it is too large to be parsed at once."""
    text = stream.read(LARGEST_PARSED_WHOLE + 1)
    return (b"", _Rest(text, stream)) if len(text) > LARGEST_PARSED_WHOLE else (text, None)


class _Rest(BufferedIOBase):
    """A stream whose beginning was read already."""

    def __init__(self, beginning: bytes, stream: BufferedReader) -> None:
        self._beginning, self._stream = beginning, stream

    def read1(self, size: int = -1) -> bytes:
        beginning, self._beginning = self._beginning, b""
        return beginning or self._stream.read1(size)


def _split_array(file: StoredFile, stream: BufferedIOBase) -> Iterator[Found]:
    number = 0
    for number, (text, error) in enumerate(split_array(stream, ELEMENT_START), 1):
        place = f"{file.path}: {number}"
        yield Found(place, None, error) if error else parse_object(place, text)
    if not number:
        yield Found(str(file.path), None, "the file is empty")


def _split_tables(
    file: StoredFile, stream: BufferedIOBase, names: Collection[str], error: str = ""
) -> Iterator[tuple[str, Found]]:
    """Yield the elements of the named arrays, and at last an error if there was one, or if the file has one."""
    numbers = dict.fromkeys(names, 0)
    for name, (text, wrong) in split_tables(stream):
        if name in numbers and not wrong:
            numbers[name] += 1
            found = parse_object(f"{_place(file, name)}: {numbers[name]}", text)
            error = error or (found.error if found.error != NO_OBJECT else "")
            yield name, found
        elif name in numbers:
            yield name, Found(_place(file, name), None, wrong)
        elif not name:
            error = error or wrong
    if error:
        yield "", Found(str(file.path), None, error)


def _place(file: StoredFile, table: str) -> str:
    return f"{file.path}, {table}"
