"""Split JSON in any layout into documents: one on each line, an array, or indented over several lines."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

from ..importers.json_array import split_array
from ..importers.json_documents import READ_SIZE, SourceText, split_lines

# mongoexport writes the id first.
ELEMENT_START = b'{"_id"'
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def split_documents(stream: IO[bytes]) -> Iterator[SourceText]:
    """Yield the source texts of the documents; the first line tells their layout."""
    lines = split_lines(stream)
    first = next(lines, None)
    if first is None:
        return
    text, error = first[0].removeprefix(BYTE_ORDER_MARK), first[1]
    if text.lstrip().startswith(b"["):
        yield from split_array(_Replayed(text, stream), ELEMENT_START)  # type: ignore[arg-type]
    elif text.strip() == b"{":
        yield from _split_indented(chain([(text, error)], lines))
    else:
        yield from chain([(text, error)], lines)


def _split_indented(lines: Iterable[SourceText]) -> Iterator[SourceText]:
    """Yield the documents, of which each begins and ends with a bracket at the beginning of a line."""
    collected: list[bytes] = []
    for line, error in lines:
        if error:
            yield line, error
            continue
        if line.startswith(b"{") and collected:
            yield b"".join(collected), ""
            collected = []
        collected.append(line)
        if line.startswith(b"}"):
            yield b"".join(collected).rstrip().rstrip(b","), ""
            collected = []
    if collected:
        yield b"".join(collected), ""


class _Replayed:
    """A stream whose beginning has been read already."""

    def __init__(self, beginning: bytes, rest: IO[bytes]) -> None:
        self.beginning = beginning
        self.rest = rest

    def read(self, size: int = READ_SIZE) -> bytes:
        """Return the beginning once, then at most `size` bytes of the rest."""
        beginning, self.beginning = self.beginning, b""
        return beginning or self.rest.read(size)
