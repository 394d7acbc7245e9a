"""Read the objects of JSON arrays and single objects, each with its place in the file."""

import re
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from typing import Any

import orjson

from .file_stream import Found
from .files import StoredFile
from .json_array import split_array
from .json_documents import parse_json

# Larger arrays are split into their elements before these are parsed, which takes longer but little memory.
LARGEST_PARSED_WHOLE = 32 * 1024 * 1024
# How the elements of an indented array start. Without indentation, an element looks like an object inside of one.
ELEMENT_START = re.compile(rb"\n {1,8}\{")


def read_array(file: StoredFile, stream: BufferedReader) -> Iterator[Found]:
    """Yield the elements of the array that a file consists of. If it is damaged, yield those that are complete."""
    if file.size > LARGEST_PARSED_WHOLE:
        yield from _split(file, stream)
        return
    text = stream.read()
    try:
        elements = orjson.loads(text)
    except ValueError:
        yield from _split(file, BytesIO(text))
    else:
        yield from name_elements(str(file.path), elements)


def name_elements(place: str, elements: Any) -> Iterator[Found]:
    """Yield the elements of a parsed array, each with its place."""
    if not isinstance(elements, list):
        yield Found(place, None, "not a JSON array")
        return
    for number, element in enumerate(elements, 1):
        if isinstance(element, dict):
            yield Found(f"{place}: {number}", element)
        else:
            yield Found(f"{place}: {number}", None, "not a JSON object")


def parse_object(place: str, text: bytes) -> Found:
    """Parse a text that has to be an object."""
    document = parse_json(0, text)
    return Found(place, document.value, document.error)


def read_object(file: StoredFile, stream: BufferedReader) -> dict[str, Any]:
    """Return the object that a file consists of. Errors: ValueError if it is damaged."""
    document = parse_json(0, stream.read())
    if document.value is None:
        raise ValueError(f"{file.location} cannot be read: {document.error}. Export or copy it again.")
    return document.value


def _split(file: StoredFile, stream: BufferedReader | BytesIO) -> Iterator[Found]:
    number = 0
    for number, (text, error) in enumerate(split_array(stream, ELEMENT_START), 1):
        place = f"{file.path}: {number}"
        yield Found(place, None, error) if error else parse_object(place, text)
    if not number:
        yield Found(str(file.path), None, "the file is empty")
