"""Read JSON documents from a stream of bytes, and continue after those that are invalid."""

import zlib
from collections.abc import Iterable, Iterator
from typing import IO

import orjson

from .document import Document

LONGEST_LINE = 64 * 1024 * 1024
READ_SIZE = 1024 * 1024
EXCERPT_LENGTH = 500

# The source text of a document, and the error if it is not worth parsing.
SourceText = tuple[bytes, str]


def parse_documents(texts: Iterable[SourceText], skip: int = 0) -> Iterator[Document]:
    """Yield the documents after the first `skip`. If reading fails, the last one reports the error."""
    number = 0
    try:
        for number, (text, error) in enumerate(texts, 1):
            if number > skip:
                yield Document(number, text[:EXCERPT_LENGTH], error=error) if error else _parse(number, text)
    except (EOFError, OSError, zlib.error) as error:
        yield Document(number + 1, b"", error=f"the file is truncated or corrupt here: {error}")


def split_lines(stream: IO[bytes]) -> Iterator[SourceText]:
    """Yield the lines that are not blank; a line that exceeds the limit has an error."""
    while text := stream.readline(LONGEST_LINE):
        error = ""
        if not text.endswith(b"\n") and len(text) == LONGEST_LINE:
            error = f"longer than {LONGEST_LINE} bytes"
            while (rest := stream.readline(READ_SIZE)) and not rest.endswith(b"\n"):
                pass
        if text.strip():
            yield text, error


def _parse(number: int, text: bytes) -> Document:
    try:
        value = orjson.loads(text)
    except ValueError:
        return Document(number, text[:EXCERPT_LENGTH], error=_describe_error(text))
    if not isinstance(value, dict):
        return Document(number, text[:EXCERPT_LENGTH], error="not a JSON object")
    # In JSON a NUL character can only be written as an escape sequence.
    return Document(number, text, value, may_contain_nul=b"\\u" in text)


def _describe_error(text: bytes) -> str:
    try:
        text.decode()
    except UnicodeDecodeError:
        return "invalid UTF-8"
    return "invalid JSON" if text.rstrip().endswith(b"}") else "invalid JSON: truncated"
