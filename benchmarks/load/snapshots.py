"""What a snapshot costs the database: its statements, and the first one after many rows were written without a worker."""

import statistics
import time
from unittest.mock import patch

from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id
from statistics_app.snapshots import generation
from statsproject.chat.models import Message, Room, User

LOADED = 200_000
ROUNDS = 7


def statements_of_a_snapshot() -> int:
    """Return how many statements a refresh takes after a message was sent and somebody's presence changed."""
    generation.refresh()
    Message.objects.create(id=make_id(), room=Room.objects.first(), sent_at=timezone.now())
    User.objects.filter(pk=User.objects.first().pk).update(presence="away")
    executed = []

    def counting(execute):  # type: ignore[no-untyped-def]
        def execute_and_count(self, statement, *arguments, **options):  # type: ignore[no-untyped-def]
            executed.append(statement)
            return execute(self, statement, *arguments, **options)

        return execute_and_count

    # Questions are asked on connections of their own, which `CaptureQueriesContext` does not see.
    with (
        patch.object(CursorWrapper, "execute", counting(CursorWrapper.execute)),
        patch.object(CursorWrapper, "executemany", counting(CursorWrapper.executemany)),
    ):
        generation.refresh()
    return len(executed)


def seconds_of_a_snapshot() -> float:
    """Return the seconds of one snapshot."""
    started = time.perf_counter()
    generation.generate(Origin.COMMAND)
    return time.perf_counter() - started


def first_and_later_after_loading() -> tuple[float, float]:
    """Load messages one transaction each thousand, and return the seconds of the first snapshot, and of the later ones."""
    rooms = list(Room.objects.values_list("pk", flat=True))
    for begin in range(0, LOADED, 1000):
        Message.objects.bulk_create(
            Message(id=make_id(), room_id=rooms[(begin + number) % len(rooms)], sent_at=timezone.now())
            for number in range(1000)
        )
    first = seconds_of_a_snapshot()
    return first, statistics.median(seconds_of_a_snapshot() for _ in range(ROUNDS))
