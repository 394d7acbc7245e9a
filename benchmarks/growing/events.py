"""Rolling up events after a few writes, in a small chat and in a large one."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from statistics import median
from time import perf_counter

from benchmarks.measuring import Bars

SMALL, LARGE = 10_000, int(os.environ.get("MESSAGES", "10000000"))
INSERTS, ROUNDS = 1_000, 11
OLD = datetime(2020, 1, 1, tzinfo=UTC)


def measure_events(bars: Bars) -> None:
    """Measure at both sizes. The fold of the worker, which runs once a second, is a part of what is measured."""
    few: dict[int, float] = {}
    for size in (SMALL, LARGE):
        fill(size)
        few[size] = median_of(lambda: write(INSERTS))
        one, two = median_of(lambda: write(1)), median_of(write_old_and_new)
        print(
            f"{size:>10,} messages: roll-up of events after {INSERTS:,} inserts {few[size] * 1e3:.1f} ms, "
            f"after one {one * 1e3:.1f} ms, after an old and a new one {two * 1e3:.1f} ms"
        )
        bars.at_most(f"old_and_new_over_one_change_in_{size}", two / one, 2)
    bars.at_most(f"roll_up_of_events_{LARGE}_over_{SMALL}_messages", few[LARGE] / few[SMALL], 1.5)


def fill(size: int) -> None:
    """Have so many messages of ten years in a hundred rooms, counted by triggers, and all of them in the history."""
    from django.core.management import call_command
    from django.db import connection

    call_command("tallies", "uninstall", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE chat_message, chat_room CASCADE")
        cursor.execute(
            "INSERT INTO chat_room (id, type, name, is_archived, created_at) "
            "SELECT 'room' || n, substr('cpdl', n % 4 + 1, 1), '', false, now() - interval '10 years' "
            "FROM generate_series(0, 99) n"
        )
        cursor.execute(
            "INSERT INTO chat_message (id, room_id, sent_at, is_pinned) "
            "SELECT 'old' || n, 'room' || n %% 100, now() - interval '10 years' * (n::float / %s), false "
            "FROM generate_series(1, %s) n",
            [size, size],
        )
        cursor.execute("VACUUM ANALYZE chat_message")
    call_command("tallies", "install", stdout=StringIO())
    roll_up()
    call_command("backfill_history", stdout=StringIO())


def median_of(change: Callable[[], None]) -> float:
    """Return the median time of a roll-up after a change, in seconds."""
    times = []
    for _ in range(ROUNDS):
        change()
        started = perf_counter()
        roll_up()
        times.append(perf_counter() - started)
    return median(times[1:])


def write(number: int, at: datetime | None = None) -> None:
    """Insert messages one by one."""
    from django.utils import timezone

    from statsproject.chat.models import Message

    for n in range(number):
        Message.objects.create(room_id=f"room{n % 100}", sent_at=at or timezone.now())


def write_old_and_new() -> None:
    """Insert a message of now and one of years ago."""
    write(1)
    write(1, OLD)


def roll_up() -> None:
    """Roll up the events."""
    from django.utils import timezone

    from statistics_app.history.event_rollup import roll_up_events
    from statistics_app.sources.loading import chat_source

    now = timezone.now()
    roll_up_events(chat_source(now), now)
