"""What history costs: a year beside a day, a zone beside UTC, ours beside SQL over snapshots, a back-fill beside one query.

`SNAPSHOTS=… DIR=… python -m benchmarks history` takes fewer snapshots than one a minute for a year, and an export of a chat
(`lean_zulip`) instead of the seeded one.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from zoneinfo import ZoneInfo

from tqdm import tqdm

from benchmarks.measuring import Bars, fresh_postgresql, interleaved

SNAPSHOTS = int(os.environ.get("SNAPSHOTS", "525600"))
DIR = os.environ.get("DIR", "")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR, DAY = timedelta(days=365), timedelta(days=1)
ROUNDS = 15


def main() -> None:
    """Fill, measure, compare."""
    with fresh_postgresql():
        bars = Bars()
        back_fill(bars)
        template = take_one()
        fill(template)
        sizes(bars)
        read(bars)
        bars.finish()


def take_one() -> str:
    """Take a snapshot as it is, for the form of all others."""
    from statistics_app.models.snapshot import Origin
    from statistics_app.snapshots import generation

    taken = generation.generate(Origin.COMMAND)
    print(f"a snapshot's document: {len(taken.body):,} bytes")
    return taken.body


def fill(template: str) -> None:
    """Make one snapshot a minute, each with other numbers, and roll them all up."""
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
        # A part is rolled up one by one, as it happens in operation, where each changes the rows of its hour.
        alone = SNAPSHOTS // 50
        cursor.execute("UPDATE statistics_app_snapshot SET is_rolled_up = true WHERE number >= %s", [1000 + SNAPSHOTS - alone])
    timed_roll_up("at once", SNAPSHOTS - alone, [roll_up_gauges])
    before = rollups()
    timed_roll_up("one by one", alone, [partial(roll_up_one, 1000 + SNAPSHOTS - alone + n) for n in range(alone)])
    print("bytes a row of rollups: {:.0f} at once, {:.0f} one by one".format(*per_row(before, rollups())))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE statistics_app_snapshot")
        cursor.execute("VACUUM ANALYZE statistics_app_gaugerollup")


def timed_roll_up(how: str, number: int, deeds: Sequence[Callable[[], object]]) -> None:
    """Roll up and say how long it took."""
    began = time.perf_counter()
    for deed in tqdm(deeds, desc=f"rolling up {how}", disable=None):
        deed()
    taken = time.perf_counter() - began
    print(f"{number:,} snapshots rolled up {how} in {taken:.0f} s: {taken / number * 1e6:.0f} µs each", flush=True)


def roll_up_one(number: int) -> None:
    """Let one snapshot be new, and roll it up."""
    from statistics_app.history.gauge_rollup import roll_up_gauges
    from statistics_app.models import Snapshot

    Snapshot.objects.filter(number=number).update(is_rolled_up=False)
    roll_up_gauges()


def rollups() -> tuple[int, int]:
    """Measure the rollups: bytes on disk, rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('statistics_app_gaugerollup'), count(*) FROM statistics_app_gaugerollup")
        return cursor.fetchone()


def per_row(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float]:
    """Divide what was there, and what came after it."""
    return before[0] / before[1], (after[0] - before[0]) / max(1, after[1] - before[1])


def sizes(bars: Bars) -> None:
    """Say how much disk a snapshot takes, and a year of rollups."""
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


def read(bars: Bars) -> None:
    """Time what is asked over HTTP, and the reading alone beside SQL over the snapshots."""
    from statistics_app.history.metrics import BY_KEY
    from statistics_app.history.points import HistoryRange
    from statistics_app.history.series import SeriesMode, series
    from statistics_app.history.steps import Step

    ask = asking()
    year, middle = (BEGIN, BEGIN + YEAR), BEGIN + YEAR / 2
    print(f"points: year {ask(*year)()}, day {ask(middle, middle + DAY)()}")
    times = interleaved(
        {
            "a year": ask(*year),
            "a day": ask(middle, middle + DAY),
            "a year by UTC's days": ask(*year, step="day"),
            "a year by Kathmandu's days": ask(*year, step="day", tz="Asia/Kathmandu"),
            "the series alone": lambda: series(
                [BY_KEY["totalMessages"]], HistoryRange(*year, Step.DAY, ZoneInfo("UTC")), SeriesMode.VALUE
            )[BY_KEY["totalMessages"]],
            "SQL over a column of the snapshots": downsample,
        },
        ROUNDS,
    )
    for name, taken in times.items():
        print(f"{name:>36}: {taken * 1e3:8.2f} ms")
    bars.at_most("year_over_day", times["a year"] / times["a day"], 3)
    bars.at_most("kathmandu_over_utc", times["a year by Kathmandu's days"] / times["a year by UTC's days"], 2)
    bars.at_least("sql_over_snapshots_over_ours", times["SQL over a column of the generation"] / times["the series alone"], 25)


def asking() -> Callable[..., Callable[[], int]]:
    """Make what makes requests for a range; each request returns how many points there were."""
    from django.conf import settings
    from django.test import Client

    from statistics_app.accounts.tokens import issue_personal_token
    from statsproject.chat.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_READ": "", "INTERVAL": 60}
    user = User.objects.create(username="bench", is_superuser=True)
    headers = {"X-User-Id": user.pk, "X-Auth-Token": issue_personal_token(user, "bench")}

    def ask(since: datetime, until: datetime, **more: str) -> Callable[[], int]:
        asked = {"metrics": "totalMessages", "since": since.isoformat(), "until": until.isoformat(), "points": "500", **more}

        def send() -> int:
            answer = Client().get("/api/v1/statistics.history", asked, headers=headers)
            assert answer.status_code == 200, answer.content
            values = answer.json()["series"][0]["values"]
            assert SNAPSHOTS < 365 * 96 or all(value is not None for value in values[1:-1]), asked
            return len(values)

        return send

    return ask


def downsample() -> int:
    """Let the database make 500 points of the year's snapshots, out of a column of numbers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT width_bucket(extract(epoch FROM created_at), %s, %s, 500) b, "
            "max(total_messages), min(total_messages), avg(total_messages) "
            "FROM statistics_app_snapshot WHERE created_at >= %s AND created_at < %s GROUP BY b ORDER BY b",
            [BEGIN.timestamp(), (BEGIN + YEAR).timestamp(), BEGIN, BEGIN + YEAR],
        )
        return len(cursor.fetchall())


def back_fill(bars: Bars) -> None:
    """Rebuild the whole past, beside one query that groups all messages by quarter and type."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from statistics_app.history.backfill import backfill_history
    from statistics_app.models import EventCoverage, EventRollup
    from statistics_app.sources.loading import chat_source
    from statsproject.chat.models import Message

    call_command("import_chat", "rocketchat", DIR) if DIR else call_command("seed_workspace", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    ours, theirs = [], []
    for _ in range(3):
        EventRollup.objects.all().delete()
        EventCoverage.objects.all().delete()
        with timed(ours):
            backfill_history(chat_source(timezone.now()), timezone.now())
        with timed(theirs), connection.cursor() as cursor:
            cursor.execute(
                "SELECT date_bin('15 minutes', m.sent_at, '1970-01-01'), r.type, count(*) "
                "FROM chat_message m JOIN chat_room r ON r.id = m.room_id GROUP BY 1, 2"
            )
            cursor.fetchall()
    print(f"{Message.objects.count():,} messages: back-fill {median(ours):.2f} s, one query {median(theirs):.2f} s")
    bars.at_most("back_fill_over_one_query", median(ours) / median(theirs), 3)


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Add how many seconds something took."""
    began = time.perf_counter()
    yield
    into.append(time.perf_counter() - began)


if __name__ == "__main__":
    main()
