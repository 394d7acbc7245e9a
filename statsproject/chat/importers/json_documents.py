"""Read JSON documents from a stream of bytes, and continue after those that are invalid."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

import orjson

from .document import EXCERPT_LENGTH, Document

LONGEST_LINE = 64 * 1024 * 1024
READ_SIZE = 1024 * 1024

# The source of a document, and the error if it is not worth parsing.
Source = tuple[bytes, str]
Parse = Callable[[int, bytes], Document]

# A call that JSON does not know; in a string of JSON, the quote would be escaped.
SHELL_CALL = re.compile(rb"""\b(?:ISODate|ObjectId|Number(?:Long|Int|Decimal)|Timestamp|new Date)\(\s*["']""")
_TRAILING_COMMA = re.compile(rb",\s*[}\]]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def parse_json(number: int, text: bytes) -> Document:
    """Parse a JSON object. A comma after it is ignored: some write the elements of an array on lines without its brackets."""
    try:
        value = orjson.loads(text)
    except ValueError:
        try:
            value = _parse_leniently(text)
        except (ValueError, RecursionError):
            return Document(number, text[:EXCERPT_LENGTH], error=describe_error(text))
    if not isinstance(value, dict):
        return Document(number, text[:EXCERPT_LENGTH], error="not a JSON object")
    # In JSON a NUL character can only be written as an escape sequence.
    return Document(number, text, value, may_contain_nul=b"\\u" in text)


def parse_documents(sources: Iterable[Source], skip: int = 0, parse: Parse = parse_json) -> Iterator[Document]:
    """Yield the documents after the first `skip`, by default of JSON. If reading fails, the last one reports the error."""
    number = 0
    try:
        for number, (source, error) in enumerate(sources, 1):
            if number > skip:
                yield Document(number, source[:EXCERPT_LENGTH], error=error) if error else parse(number, source)
    except (EOFError, OSError) as error:
        yield Document(number + 1, b"", error=f"the file is truncated or corrupt here: {error}")


def split_lines(stream: IO[bytes]) -> Iterator[Source]:
    """Yield the lines that are not blank; a line that exceeds the limit has an error."""
    while text := stream.readline(LONGEST_LINE):
        error = ""
        if not text.endswith(b"\n") and len(text) == LONGEST_LINE:
            error = f"longer than {LONGEST_LINE} bytes"
            while (rest := stream.readline(READ_SIZE)) and not rest.endswith(b"\n"):
                pass
        if text.strip():
            yield text, error


def describe_error(text: bytes) -> str:
    """Return why a text is not JSON."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return "invalid UTF-8"
    if SHELL_CALL.search(text):
        return "in the format of the mongo shell, which is not JSON"
    if not text.rstrip(b" \t\r\n,").endswith((b"}", b"]")):
        return "invalid JSON: truncated"
    return "invalid JSON: trailing comma" if _TRAILING_COMMA.search(text) else "invalid JSON"


def _parse_leniently(text: bytes) -> Any:
    """Parse what other programs take for JSON: `NaN`, `Infinity` and lone surrogates, which become replacement characters."""
    value = json.loads(text.decode().strip(" \t\r\n,"))
    return _without_surrogates(value) if b"\\u" in text else value


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(element) for element in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(inner) for name, inner in value.items()}
    return value
