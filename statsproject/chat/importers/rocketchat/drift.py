"""The drift of Rocket.Chat's message counters: each room has one (`msgs`), which may differ from the number of its messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count

from ...models import Message
from ..document import InvalidValue
from ..export import DocumentStream
from .extended_json import parse_id, parse_int

BATCH_SIZE = 5_000
LISTED_ROOMS = 10


@dataclass(frozen=True, slots=True)
class Drift:
    """A room's counter and the number of its loaded messages."""

    room: str
    counter: int
    loaded: int

    def __str__(self) -> str:
        difference = self.counter - self.loaded
        return f"Room {self.room}: counter {self.counter:,}, loaded messages {self.loaded:,} ({difference:+,})"


def find_drift(rooms: DocumentStream) -> Iterator[Drift]:
    """Yield the rooms whose counter differs from the number of their loaded messages."""
    counters = _counters(rooms)
    while batch := dict(islice(counters, BATCH_SIZE)):
        counts = Message.objects.filter(room__in=batch).order_by().values_list("room").annotate(Count("pk"))
        loaded = dict(counts)
        for room, counter in batch.items():
            if counter != loaded.get(room, 0):
                yield Drift(room, counter, loaded.get(room, 0))


def describe_drift(drift: Iterator[Drift]) -> Iterator[str]:
    """Yield the lines of a report: the first rooms, and the number of the others."""
    listed = list(islice(drift, LISTED_ROOMS))
    others = sum(1 for _ in drift)
    if not listed:
        yield "The message counters of all rooms agree with the loaded messages."
    yield from map(str, listed)
    if others:
        yield f"… and {others:,} more rooms whose counters differ"


def _counters(rooms: DocumentStream) -> Iterator[tuple[str, int]]:
    for document in rooms.documents():
        value = document.value or {}
        try:
            room = parse_id(value.get("_id"), "_id")
            if room and "msgs" in value:
                yield room, parse_int(value["msgs"], "msgs")
        except InvalidValue:
            continue
