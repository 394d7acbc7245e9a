"""The progress of an import where there is no terminal: a line a minute, with the time left."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from statsproject.chat.importers.document import Document
from statsproject.chat.importers.export import Fingerprint
from statsproject.chat.importers.report import StreamReport
from statsproject.chat.management.progress_bar import ProgressBar


@dataclass
class Stream:
    """A stream that has been read up to a position."""

    name: str
    size: int | None
    position: int = 0
    location: str = "memory"

    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.name, self.size or 0, 0)

    def documents(self, skip: int = 0) -> Iterator[Document]:
        return iter(())


@dataclass
class Import:
    """An import of which every batch takes as long, and reads as much, as a test says."""

    now: float = 0
    output: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.bar = ProgressBar(self.output, lambda: self.now)

    def batch(self, stream: Stream, seconds: float, read: int, documents: int) -> None:
        self.now += seconds
        stream.position += read
        self.bar.update(stream, StreamReport(stream.name, documents=documents, position=stream.position))

    @property
    def lines(self) -> list[str]:
        return self.output.getvalue().splitlines()


def test_a_line_a_minute_says_how_much_is_read_and_how_long_it_will_take() -> None:
    messages, importing = Stream("messages.jsonl", 1_000_000), Import()
    for batch in range(1, 31):
        importing.batch(messages, 10, 10_000, batch * 10_000)
    assert importing.lines == [
        "messages.jsonl: 6%, 60,000 documents, about 16 min left",
        "messages.jsonl: 12%, 120,000 documents, about 15 min left",
        "messages.jsonl: 18%, 180,000 documents, about 14 min left",
        "messages.jsonl: 24%, 240,000 documents, about 13 min left",
        "messages.jsonl: 30%, 300,000 documents, about 12 min left",
    ]


def test_a_short_import_writes_no_line() -> None:
    importing = Import()
    importing.batch(Stream("users.jsonl", 100), 30, 100, 5)
    importing.batch(Stream("messages.jsonl", 100), 29, 100, 5)
    assert importing.lines == []


def test_what_a_resumed_import_skips_does_not_count_for_the_time_left() -> None:
    messages, importing = Stream("messages.jsonl", 1_000_000), Import()
    importing.batch(messages, 1, 900_000, 900_000)
    importing.batch(messages, 60, 10_000, 910_000)
    assert importing.lines == ["messages.jsonl: 91%, 910,000 documents, about 9 min left"]


def test_hours_are_written_as_such() -> None:
    messages, importing = Stream("messages.jsonl", 1_000_000), Import()
    importing.batch(messages, 1, 0, 1)
    importing.batch(messages, 60, 10_000, 10_000)
    assert importing.lines == ["messages.jsonl: 1%, 10,000 documents, about 1 h 39 min left"]


def test_a_stream_of_unknown_size_is_shown_by_its_documents() -> None:
    importing = Import()
    importing.batch(Stream("messages", None), 60, 0, 10_000)
    assert importing.lines == ["messages: 10,000 documents"]
