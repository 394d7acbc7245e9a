"""Rolling up events after a few writes, in a small chat and in a large one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from typing import Any

from benchmarks.measuring import Bars, interleaved

SMALL, LARGE = 10_000, int(os.environ.get("MESSAGES", "10000000"))
INSERTS, ROUNDS = 1_000, 11
OLD = datetime(2020, 1, 1, tzinfo=UTC)

Database = Any  # Django's connections have no public type


def measure_events(bars: Bars) -> None:
    """Measure both sizes in turn. The fold of the worker, which runs once a second, is a part of what is measured."""
    with databases() as sizes:
        for size, database in sizes.items():
            use(database)
            fill(size)
        changes = {"few": partial(write, INSERTS), "one": partial(write, 1), "two": write_old_and_new}
        cases = {f"{size} {name}": after(database, changes[name]) for size, database in sizes.items() for name in changes}
        times = interleaved(dict.fromkeys(cases, roll_up), ROUNDS, before=cases)
    for size in sizes:
        few, one, two = (times[f"{size} {name}"] for name in changes)
        print(
            f"{size:>10,} messages: roll-up of events after {INSERTS:,} inserts {few * 1e3:.1f} ms, "
            f"after one {one * 1e3:.1f} ms, after an old and a new one {two * 1e3:.1f} ms"
        )
        bars.at_most(f"old_and_new_over_one_change_in_{size}", two / one, 2)
    bars.at_most(f"roll_up_of_events_{LARGE}_over_{SMALL}_messages", times[f"{LARGE} few"] / times[f"{SMALL} few"], 1.5)


@contextmanager
def databases() -> Iterator[dict[int, Database]]:
    """Yield a connection to an empty database for each size; they stay open, so that no measurement has a new session."""
    from django.core.management import call_command
    from django.db import connections

    default, opened = connections["default"], {}
    try:
        for size in (SMALL, LARGE):
            with default.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE chat_{size}")
            opened[size] = connections.create_connection("default")
            opened[size].settings_dict = {**default.settings_dict, "NAME": f"chat_{size}"}
            use(opened[size])
            call_command("migrate", verbosity=0)
        yield opened
    finally:
        for database in opened.values():
            database.close()
        use(default)


def use(database: Database) -> None:
    """Let everything that follows use this database."""
    from django.db import connections

    connections["default"] = database


def after(database: Database, change: Callable[[], object]) -> Callable[[], None]:
    """Return a function that makes a change in a database, in which it is then to be rolled up."""

    def make_change() -> None:
        use(database)
        change()

    return make_change


def fill(size: int) -> None:
    """Have so many messages of ten years in a hundred rooms, counted by triggers, and all of them in the history."""
    from django.core.management import call_command
    from django.db import connection

    call_command("tallies", "uninstall", stdout=StringIO())
    with connection.cursor() as cursor:
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
