"""Read the documents of a stream in batches."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

from .document import Document
from .export import DocumentStream

BATCH_SIZE = 10_000


class ReadBatch(NamedTuple):
    """Documents that follow each other, and the position in the stream after them, in bytes."""

    documents: list[Document]
    position: int


def read_batches(stream: DocumentStream, skip: int = 0) -> Iterator[ReadBatch]:
    """Yield the documents after the first `skip` in batches."""
    documents = stream.documents(skip)
    while batch := list(islice(documents, BATCH_SIZE)):
        yield ReadBatch(batch, stream.position)


def read_ahead(batches: Iterator[ReadBatch]) -> Iterator[ReadBatch]:
    """Yield batches, each read in a thread while the one before it is used, such as while the database server stores it."""
    with ThreadPoolExecutor(1, "read-ahead") as thread:
        following = thread.submit(next, batches, None)
        while batch := following.result():
            following = thread.submit(next, batches, None)
            yield batch
