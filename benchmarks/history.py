"""The cost of the history: a year compared with a day, a time zone with UTC, rollups with SQL, a back-fill with its queries.

`SNAPSHOTS=… DIR=… python -m benchmarks history` uses fewer snapshots than one per minute for a year, and a Rocket.Chat export
(`lean_zulip`) instead of the seeded workspace. `MESSAGES=… STORED=… YEARS=…` make the large chat, the long lists and the long
history of the last parts smaller than ten million messages, 525,600 snapshots and ten years. `PART=…` runs only one of the
parts in `PARTS`, or some, separated by commas.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from zoneinfo import ZoneInfo

from tqdm import tqdm

from benchmarks.growing.events import measure_events
from benchmarks.growing.lists import measure_lists
from benchmarks.growing.rollups import measure_rollups
from benchmarks.measuring import Bars, fresh_postgresql, interleaved

SNAPSHOTS = int(os.environ.get("SNAPSHOTS", "525600"))
DIR = os.environ.get("DIR", "")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR, DAY = timedelta(days=365), timedelta(days=1)
ROUNDS = 15


def main() -> None:
    """Measure all parts, or those that are chosen."""
    chosen = os.environ.get("PART", "").split(",") if os.environ.get("PART") else list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"Unknown part: {', '.join(sorted(unknown))}. Available: {', '.join(PARTS)}.")
    with fresh_postgresql():
        bars = Bars()
        if set(chosen) - {"events"}:
            fill_chat()
        for name, measure in PARTS.items():
            if name in chosen:
                measure(bars)
        bars.finish()


def fill_chat() -> None:
    """Have the chat of the export, or a seeded one; only the events have chats of their own."""
    from django.core.management import call_command
    from django.db import connection

    call_command("import_chat", "rocketchat", DIR) if DIR else call_command("seed_workspace", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure_year(bars: Bars) -> None:
    """Measure rolling up the snapshots of a year, and reading their history."""
    fill(snapshot_document())
    measure_sizes(bars)
    measure_reads(bars)


def snapshot_document() -> str:
    """Take a snapshot and return its document, from which those of all other snapshots are made."""
    from statistics_app.models.snapshot import Origin
    from statistics_app.snapshots import generation

    snapshot = generation.generate(Origin.COMMAND)
    print(f"a snapshot's document: {len(snapshot.body):,} bytes")
    return snapshot.body


def fill(template: str) -> None:
    """Insert the snapshots, each with different numbers, and roll them all up."""
    from django.db import connection

    from statistics_app.history.gauge_rollup import roll_up_gauges
    from statistics_app.models import GaugeRollup, Snapshot

    Snapshot.objects.all().delete()
    GaugeRollup.objects.all().delete()
    step = YEAR / SNAPSHOTS
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO statistics_app_snapshot (id, number, created_at, origin, took_ms, host, problems, counting, "
            "counted_live, body, is_rolled_up, total_messages, total_users, online_users) "
            "SELECT 's' || lpad(n::text, 16, '0'), n + 1000, %s + n * %s, 'schedule', 9, 'bench', '{}', 'tallies', '{}', "
            "regexp_replace(regexp_replace(%s, '\"totalMessages\":[0-9]+', '\"totalMessages\":' || n), "
            "'\"onlineUsers\":[0-9]+', '\"onlineUsers\":' || n %% 97), false, n, 300, n %% 97 FROM generate_series(0, %s) n",
            [BEGIN, step, template, SNAPSHOTS - 1],
        )
        # Some are rolled up one by one, as in operation, where each snapshot updates the rows of its hour.
        single = SNAPSHOTS // 50
        cursor.execute("UPDATE statistics_app_snapshot SET is_rolled_up = true WHERE number >= %s", [1000 + SNAPSHOTS - single])
    timed_roll_up("at once", SNAPSHOTS - single, [roll_up_gauges])
    before = rollup_size()
    timed_roll_up("one by one", single, [partial(roll_up_one, 1000 + SNAPSHOTS - single + n) for n in range(single)])
    print("bytes per rollup row: {:.0f} at once, {:.0f} one by one".format(*bytes_per_row(before, rollup_size())))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE statistics_app_snapshot")
        cursor.execute("VACUUM ANALYZE statistics_app_gaugerollup")


def timed_roll_up(how: str, number: int, operations: Sequence[Callable[[], object]]) -> None:
    """Run the operations that roll up a number of snapshots, and print the time that they took."""
    started = time.perf_counter()
    for operation in tqdm(operations, desc=f"rolling up {how}", disable=None):
        operation()
    seconds = time.perf_counter() - started
    print(f"{number:,} snapshots rolled up {how} in {seconds:.0f} s: {seconds / number * 1e6:.0f} µs each", flush=True)


def roll_up_one(number: int) -> None:
    """Mark a snapshot as new, and roll it up."""
    from statistics_app.history.gauge_rollup import roll_up_gauges
    from statistics_app.models import Snapshot

    Snapshot.objects.filter(number=number).update(is_rolled_up=False)
    roll_up_gauges()


def rollup_size() -> tuple[int, int]:
    """Return the size of the rollups: bytes on disk and rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('statistics_app_gaugerollup'), count(*) FROM statistics_app_gaugerollup")
        return cursor.fetchone()


def bytes_per_row(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float]:
    """Return the bytes per row, of the rows that existed before and of those added since."""
    return before[0] / before[1], (after[0] - before[0]) / max(1, after[1] - before[1])


def measure_sizes(bars: Bars) -> None:
    """Print the disk space of a snapshot and of a rollup row, and compare that of a year of rollups with its bar."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_total_relation_size('statistics_app_snapshot'), pg_total_relation_size('statistics_app_gaugerollup')"
        )
        of_snapshots, of_rollups = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM statistics_app_gaugerollup")
        [rows] = cursor.fetchone()
    print(
        f"a snapshot takes {of_snapshots / SNAPSHOTS:,.0f} bytes on disk, {rows:,} rows of rollups {of_rollups / rows:.0f} each"
    )
    bars.at_most("year_of_rollups_megabytes", of_rollups / 1e6, 60)


def measure_reads(bars: Bars) -> None:
    """Measure requests for the history, and compare reading the rollups with SQL over the snapshots."""
    from statistics_app.history.metrics import BY_KEY
    from statistics_app.history.points import HistoryRange
    from statistics_app.history.series import SeriesMode, series
    from statistics_app.history.steps import Step

    request = make_request_factory()
    year, middle = (BEGIN, BEGIN + YEAR), BEGIN + YEAR / 2
    print(f"points: year {request(*year)()}, day {request(middle, middle + DAY)()}")
    times = interleaved(
        {
            "a year": request(*year),
            "a day": request(middle, middle + DAY),
            "a year by days in UTC": request(*year, step="day"),
            "a year by days in Kathmandu": request(*year, step="day", tz="Asia/Kathmandu"),
            "the series alone": lambda: series(
                [BY_KEY["totalMessages"]], HistoryRange(*year, Step.DAY, ZoneInfo("UTC")), SeriesMode.VALUE
            )[BY_KEY["totalMessages"]],
            "SQL over a column of the snapshots": downsample,
        },
        ROUNDS,
    )
    for name, seconds in times.items():
        print(f"{name:>36}: {seconds * 1e3:8.2f} ms")
    bars.at_most("year_over_day", times["a year"] / times["a day"], 3)
    bars.at_most("kathmandu_over_utc", times["a year by days in Kathmandu"] / times["a year by days in UTC"], 2)
    bars.at_least("sql_over_rollups", times["SQL over a column of the snapshots"] / times["the series alone"], 25)


def make_request_factory() -> Callable[..., Callable[[], int]]:
    """Return a function that makes a request for a range of the history.

    The request is a function too: it sends the request and returns the number of points.
    """
    from django.conf import settings
    from django.test import Client

    from statistics_app.accounts.tokens import issue_personal_token
    from statsproject.chat.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_READ": "", "INTERVAL": 60}
    user = User.objects.create(username="bench", is_superuser=True)
    headers = {"X-User-Id": user.pk, "X-Auth-Token": issue_personal_token(user, "bench")}

    def make_request(since: datetime, until: datetime, **more: str) -> Callable[[], int]:
        query = {"metrics": "totalMessages", "since": since.isoformat(), "until": until.isoformat(), "points": "500", **more}

        def send() -> int:
            response = Client().get("/api/v1/statistics.history", query, headers=headers)
            assert response.status_code == 200, response.content
            values = response.json()["series"][0]["values"]
            assert SNAPSHOTS < 365 * 96 or all(value is not None for value in values[1:-1]), query
            return len(values)

        return send

    return make_request


def downsample() -> int:
    """Compute 500 points from the snapshots of the year, with SQL over a column, and return the number of rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT width_bucket(extract(epoch FROM created_at), %s, %s, 500) b, "
            "max(total_messages), min(total_messages), avg(total_messages) "
            "FROM statistics_app_snapshot WHERE created_at >= %s AND created_at < %s GROUP BY b ORDER BY b",
            [BEGIN.timestamp(), (BEGIN + YEAR).timestamp(), BEGIN, BEGIN + YEAR],
        )
        return len(cursor.fetchall())


def measure_back_fill(bars: Bars) -> None:
    """Compare a complete back-fill with queries that group all messages by quarter of an hour.

    They group by kind of room, by room, and by author in each room; and those in threads, and in discussions.
    """
    from django.db import connection
    from django.utils import timezone

    from statistics_app.history.backfill import backfill_history
    from statistics_app.models import EventCoverage, EventRollup, Person, Room, RoomAuthorDay, RoomDay, WrittenDay
    from statistics_app.sources.loading import chat_source
    from statsproject.chat.models import Message

    back_fills: list[float] = []
    queries: list[float] = []
    for _ in range(3):
        EventRollup.objects.all().delete()
        for model in (EventCoverage, Person, WrittenDay, Room, RoomDay, RoomAuthorDay):
            model.objects.all().delete()
        with timed(back_fills):
            backfill_history(chat_source(timezone.now()), timezone.now())
        with timed(queries), connection.cursor() as cursor:
            for columns, condition in (
                ("r.type", "true"),
                ("m.room_id", "true"),
                ("m.room_id, m.author_id", "true"),
                ("1", "m.thread_root_id IS NOT NULL"),
                ("1", "r.parent_id IS NOT NULL"),
            ):
                cursor.execute(
                    f"SELECT date_bin('15 minutes', m.sent_at, '1970-01-01') AS quarter, {columns}, count(*) "
                    f"FROM chat_message m JOIN chat_room r ON r.id = m.room_id WHERE {condition} GROUP BY quarter, {columns}"
                )
                cursor.fetchall()
    print(f"{Message.objects.count():,} messages: back-fill {median(back_fills):.2f} s, the queries {median(queries):.2f} s")
    bars.at_most("back_fill_over_its_queries", median(back_fills) / median(queries), 3)


@contextmanager
def timed(seconds: list[float]) -> Iterator[None]:
    """Append the duration of the block to a list."""
    started = time.perf_counter()
    yield
    seconds.append(time.perf_counter() - started)


PARTS = {
    "backfill": measure_back_fill,
    "year": measure_year,
    "rollups": measure_rollups,
    "lists": measure_lists,
    "events": measure_events,
}


if __name__ == "__main__":
    main()
