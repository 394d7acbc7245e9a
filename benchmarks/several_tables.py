"""The cost of several tables of one kind: of writing messages to two of them, and of a snapshot of ten, compared with one.

`MESSAGES=20000` is how many there are in each table, `ROUNDS=15` how often each is measured: the CPU time of the server's
process, and for snapshots also of this one, which depends less on what else the machine does.
"""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measuring import Bars, fresh_postgresql, median_of_ratios

TABLES = 10
MESSAGES, ROUNDS = (int(os.environ.get(name, value)) for name, value in (("MESSAGES", "20000"), ("ROUNDS", "15")))
ROOMS, WARM_WRITES, WRITES = 200, 40, 400


def main() -> None:
    """Measure writes and snapshots on a PostgreSQL server of their own."""
    logging.disable(logging.INFO)
    with fresh_postgresql():
        from django.conf import settings

        sources = {number: make_source(number) for number in (1, 2, TABLES)}
        make_rows()
        settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "tallies"}
        bars = Bars()
        measure_writes(sources, bars)
        measure_snapshots(sources, bars)
        bars.finish()


def make_source(number: int) -> Any:
    """Return the source of so many room tables, with a message table each; the tables are created for the largest one."""
    from django.apps import apps
    from django.db import connection, models

    from statistics_app.sources.base import RoomKind
    from statistics_app.sources.mapped import MappedSource
    from statistics_app.sources.tables import MessageTable, RoomTable

    for table in range(number):
        if f"room{table}" not in apps.all_models["chat"]:
            # Django builds a model from the attributes of a class, wherever these come from.
            meta: Any = type("Meta", (), {"app_label": "chat"})
            room: Any = type(f"Room{table}", (models.Model,), {"__module__": __name__, "Meta": meta})
            columns = {"room": models.ForeignKey(room, models.CASCADE), "sent_at": models.DateTimeField(db_index=True)}
            message: Any = type(f"Message{table}", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
            with connection.schema_editor() as editor:
                editor.create_model(room)
                editor.create_model(message)

    class Source(MappedSource):
        room_tables = [RoomTable(model=f"chat.Room{table}", kind=RoomKind.CHANNEL) for table in range(number)]
        message_tables = [MessageTable(model=f"chat.Message{table}", room="room", sent_at="sent_at") for table in range(number)]

    return Source


def make_rows() -> None:
    """Fill all tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for table in range(TABLES):
            cursor.execute(f"INSERT INTO chat_room{table} (id) SELECT generate_series(1, {ROOMS})")
            cursor.execute(
                f"INSERT INTO chat_message{table} (room_id, sent_at) "
                f"SELECT 1 + n %% {ROOMS}, now() - n * interval '1 minute' FROM generate_series(1, %s) n",
                [MESSAGES],
            )
        cursor.execute("VACUUM ANALYZE")


def install(source: Any) -> None:
    """Install the counts of a source, and remove those of others."""
    from django.utils import timezone

    from statistics_app.tallies.declared import declared_tallies
    from statistics_app.tallies.folding import fold
    from statistics_app.tallies.installer import Installer

    tallies = declared_tallies(source(timezone.now()))
    Installer(tallies, report=str).install()
    fold(tallies)


def measure_writes(sources: dict[int, Any], bars: Bars) -> None:
    """Compare the writes to each of two tables that are counted with those to one while it is the only one."""
    alone, first, second = (1, 0), (2, 0), (2, 1)
    seconds: dict[tuple[int, int], list[float]] = {alone: [], first: [], second: []}
    for round_ in range(ROUNDS + 1):
        for counted in (1, 2) if round_ % 2 else (2, 1):
            install(sources[counted])
            for table in range(counted):
                # The first writes plan the new functions.
                write(table, WARM_WRITES)
                began = server_seconds()
                write(table, WRITES)
                if round_:
                    seconds[counted, table].append(server_seconds() - began)
    medians = [f"{sorted(values)[len(values) // 2] / WRITES * 1e6:.0f} µs" for values in seconds.values()]
    print(f"CPU of one insert: {medians[0]} into the only table, {medians[1]} and {medians[2]} into each of two")
    bars.at_least("writes_to_the_first_of_two_tables_over_one", median_of_ratios(seconds[alone], seconds[first]), 0.95)
    bars.at_least("writes_to_the_second_of_two_tables_over_one", median_of_ratios(seconds[alone], seconds[second]), 0.95)


def server_seconds() -> float:
    """Return the CPU time of the server's process."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(Path(f"/proc/{cursor.fetchone()[0]}/schedstat").read_text().split()[0]) / 1e9


def write(table: int, messages: int) -> None:
    """Insert messages one by one, each in a transaction of its own."""
    from django.db import connection

    with connection.cursor() as cursor:
        for number in range(messages):
            cursor.execute(f"INSERT INTO chat_message{table} (room_id, sent_at) VALUES (%s, now())", [1 + number % ROOMS])


def measure_snapshots(sources: dict[int, Any], bars: Bars) -> None:
    """Compare a snapshot of ten tables with one of one table, both of which triggers count."""
    from django.db import transaction

    install(sources[TABLES])
    taking = {number: taker(sources[number]) for number in (1, TABLES)}
    seconds: dict[int, list[float]] = {1: [], TABLES: []}
    for round_ in range(ROUNDS + 1):
        for number in taking if round_ % 2 else reversed(taking):
            # In a transaction, all questions are asked on its connection, so by this process of the server.
            with transaction.atomic():
                began = time.process_time() + server_seconds()
                taking[number]()
                if round_:
                    seconds[number].append(time.process_time() + server_seconds() - began)
    one, ten = (sorted(values)[len(values) // 2] * 1e3 for values in seconds.values())
    print(f"CPU of a snapshot: {one:.1f} ms of one table, {ten:.1f} ms of ten")
    bars.at_most("snapshot_of_ten_tables_over_one", median_of_ratios(seconds[TABLES], seconds[1]), 3)


def taker(source: Any) -> Callable[[], object]:
    """Return a function that takes a snapshot of a source."""
    from django.conf import settings

    from statistics_app.models.snapshot import Origin
    from statistics_app.snapshots import generation

    globals()[f"Of{len(source.room_tables)}"] = source
    path = f"{__name__}.Of{len(source.room_tables)}"

    def take() -> object:
        settings.STATISTICS = {**settings.STATISTICS, "SOURCE": path}
        taken = generation.generate(Origin.COMMAND)
        assert taken.document["totalMessages"] >= MESSAGES * len(source.room_tables)
        assert not taken.counted_live, taken.counted_live
        return taken

    return take


if __name__ == "__main__":
    main()
