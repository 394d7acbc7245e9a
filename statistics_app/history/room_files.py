"""The files of each room: counted at most once an hour by the roll-up, so that pages only read how many there are."""

from datetime import datetime, timedelta

from django.db import transaction

from ..exceptions import NotAnswered
from ..models import EventCoverage, Room
from ..sources.base import ChatSource

EVERY = timedelta(hours=1)


def note_room_files(source: ChatSource, now: datetime, using: str) -> None:
    """Count and store the files of each room, unless that was done within the last hour."""
    coverage = EventCoverage.objects.using(using).only("files_at").get()
    if coverage.files_at is not None and coverage.files_at <= now < coverage.files_at + EVERY:
        return
    try:
        counted = {room: (files, size) for room, files, size in source.room_files()}
    except NotAnswered:
        counted = None
    stored = Room.objects.using(using)
    with transaction.atomic(using=using):
        if counted is not None:
            rooms = stored.of_keys(counted) | {room.key: room for room in stored.filter(files__gt=0)}
            changed = [room for room in rooms.values() if (room.files, room.bytes) != counted.get(room.key, (0, 0))]
            for room in changed:
                room.files, room.bytes = counted.get(room.key, (0, 0))
            stored.bulk_update(changed, ["files", "bytes"], batch_size=100)
        coverage.files_at = None if counted is None else now
        coverage.save(using=using, update_fields=["files_at"])
