"""How far the old server's own counters had drifted from its messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db.models import Count

from ..models import Message
from .documents import ExportFile, find_file
from .extended_json import Unusable, identifier, whole

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Drift:
    """One room's counter, and the messages that there are."""

    room: str
    said: int
    counted: int


def drifted_rooms(folder: Path, *, is_array: bool = False) -> Iterator[Drift]:
    """Yield the rooms whose `msgs` is not the number of messages that were loaded."""
    path = find_file(folder, "rocketchat_room")
    if path is None:
        return
    counters = _counters(ExportFile(path, is_array))
    while batch := dict(islice(counters, BATCH)):
        rows = Message.objects.filter(room__in=batch).order_by().values_list("room").annotate(Count("pk"))
        counted = dict(rows)
        for room, said in batch.items():
            if said != counted.get(room, 0):
                yield Drift(room, said, counted.get(room, 0))


def _counters(file: ExportFile) -> Iterator[tuple[str, int]]:
    for document in file.documents():
        value = document.value or {}
        try:
            room = identifier(value.get("_id"), "_id")
            if room and "msgs" in value:
                yield room, whole(value["msgs"], "msgs")
        except Unusable:
            continue
