"""Counting active people from the days of the history, beside COUNT(DISTINCT author) over messages with an index for it.

`ACCOUNTS=… ACTIVE=… DAYS=… python -m benchmarks activity` sets the number of accounts, how many of them write each day, one
message each, and for how many days. Each part is measured in turns with its counterpart, on PostgreSQL. Of the rolling windows,
every tenth is counted by messages, and the time multiplied (`SAMPLED=…`).
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from benchmarks.measuring import Bars, fresh_postgresql, interleaved

ACCOUNTS = int(os.environ.get("ACCOUNTS", "100000"))
ACTIVE = int(os.environ.get("ACTIVE", "10000"))
DAYS = int(os.environ.get("DAYS", "393"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
# Of the windows, so many are not counted by messages for each that is; all take the same time.
SAMPLED = int(os.environ.get("SAMPLED", "10"))
END = datetime(2026, 3, 1, tzinfo=UTC)
DAY, MONTH = timedelta(days=1), timedelta(days=28)
BERLIN = ZoneInfo("Europe/Berlin")
# Keys like those of Rocket.Chat, which differ in their first characters.
_KEY_OF, _NUMBER_OF = "reverse(lpad(({})::text, 9, '0')) || 'accounts'", "reverse(left(author, 9))::integer"


def main() -> None:
    """Fill both tables, then compare a day, a month, months, and the rolling windows of all days."""
    with fresh_postgresql():
        bars = Bars()
        fill()
        measure_sizes(bars)
        measure_fill(bars)
        measure_counts(bars)
        bars.finish()


def execute(statement: str, parameters: Sequence[object] = ()) -> list[tuple[int, ...]]:
    """Execute a statement and return its rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def fill() -> None:
    """Let so many accounts write one message each day, at times that differ from day to day; keys have 17 characters."""
    execute("CREATE UNLOGGED TABLE written (author varchar(64) NOT NULL, sent_at timestamptz NOT NULL)")
    execute(
        "INSERT INTO statistics_app_person (id, account, type) SELECT n, n, 'user' FROM generate_series(1, %s) n", [ACCOUNTS]
    )
    # Of a prime number of places, steps of one size reach different accounts each day.
    execute(
        f"INSERT INTO written SELECT {_KEY_OF.format('1 + (d * 7919 + n * 104729::bigint) %% %s')}, "
        "%s - (d + 1) * interval '1 day' + (n::bigint * 86399 / %s) * interval '1 second' "
        "FROM generate_series(0, %s - 1) d, generate_series(1, %s) n",
        [ACCOUNTS, END, ACTIVE, DAYS, ACTIVE],
    )
    execute("CREATE INDEX written_at ON written (sent_at, author)")
    execute(
        "INSERT INTO statistics_app_writtenday (day, person, am, pm) SELECT quarter / 96, author, "
        "sum(CASE WHEN quarter %% 96 < 48 THEN 1::bigint << (quarter %% 96)::int ELSE 0 END), "
        "sum(CASE WHEN quarter %% 96 >= 48 THEN 1::bigint << (quarter %% 96 - 48)::int ELSE 0 END) "
        f"FROM (SELECT DISTINCT {_NUMBER_OF} AS author, floor(extract(epoch FROM sent_at) / 900)::bigint AS quarter "
        "FROM written) q "
        "GROUP BY 1, 2",
        [],
    )
    for table in ("written", "statistics_app_writtenday", "statistics_app_person"):
        execute(f"VACUUM ANALYZE {table}")


def measure_sizes(bars: Bars) -> None:
    """Compare the size of a row, with its index, with the bound of the design."""
    [(size, number)] = execute(
        "SELECT pg_total_relation_size('statistics_app_writtenday'), count(*) FROM statistics_app_writtenday"
    )
    [(index,)] = execute("SELECT pg_relation_size('written_at')")
    print(f"{number:,} days of accounts take {size / 1e6:.0f} MB, the index on the messages alone {index / 1e6:.0f} MB")
    bars.at_most("bytes_per_day_of_an_account", size / number, 80)


def measure_fill(bars: Bars) -> None:
    """Add the days of a batch again, which changes nothing."""
    from statistics_app.models import WrittenDay

    days = list(WrittenDay.objects.values_list("day", "person", "am", "pm")[:20_000])
    bars.at_most("rows_changed_by_a_batch_that_is_added_again", WrittenDay.objects.add(days), 0)


def measure_counts(bars: Bars) -> None:
    """Compare a day, a month, twelve months, and each day's window of 28 days."""
    from statistics_app.history.activity import Activity, people_by_step, rolling_people

    local_end = END.astimezone(BERLIN).replace(hour=0)
    wrote = partial(people_by_step, Activity.WROTE, using="default")
    days = [END - number * DAY for number in range(DAYS - 1, -1, -1)]
    months = [END - number * MONTH for number in range(min(12, DAYS // 28), -1, -1)]
    cases: dict[str, tuple[Sequence[datetime], float]] = {
        "a day in UTC": ([END - DAY, END], 1),
        "a day in Berlin": ([local_end - DAY, local_end], 1),
        "a month": ([local_end - MONTH, local_end], 2),
        "twelve months": (months, 3),
    }
    operations: dict[str, Callable[[], object]] = {}
    for name, (bounds, _) in cases.items():
        operations[name] = partial(wrote, bounds)
        operations[f"{name}, by messages"] = partial(by_messages, bounds)
    # What a process keeps of a step that is over; another number stands for a past that it has not kept.
    kept = cases["a month"][0]
    wrote(kept, past=1)
    operations["a month, asked again"] = partial(wrote, kept, past=1)
    medians = interleaved(operations, ROUNDS)
    rolling = interleaved(
        {
            "windows of 28 days": lambda: rolling_people(Activity.WROTE, days, [28], "default"),
            "windows of 28 days, by messages": partial(windows_by_messages, days[28::SAMPLED]),
        },
        1,
    )
    rolling["windows of 28 days, by messages"] *= len(days[28:]) / len(days[28::SAMPLED])
    for name, seconds in (medians | rolling).items():
        print(f"{name:>32}: {seconds * 1e3:10.1f} ms")
    for name, (bounds, least) in cases.items():
        assert wrote(bounds) == by_messages(bounds), name
        bars.at_least(f"{name.replace(' ', '_')}_by_messages_over_days", medians[f"{name}, by messages"] / medians[name], least)
    again = medians["a month, by messages"] / medians["a month, asked again"]
    bars.at_least("a_month_asked_again_by_messages_over_days", again, 5)
    ratio = rolling["windows of 28 days, by messages"] / rolling["windows of 28 days"]
    bars.at_least(f"windows_of_28_days_up_to_{len(days) - 28}_days_by_messages_over_days", ratio, 8)


def by_messages(bounds: Sequence[datetime]) -> list[int]:
    """Count the authors of each step, one query each, as the index serves best."""
    return [between(since, until) for since, until in pairwise(bounds)]


def windows_by_messages(ends: Sequence[datetime]) -> list[int]:
    """Count the authors of the 28 days up to each end."""
    return [between(end - MONTH, end) for end in ends]


def between(since: datetime, until: datetime) -> int:
    """Count the authors of the messages of a time range."""
    [(number,)] = execute("SELECT count(DISTINCT author) FROM written WHERE sent_at >= %s AND sent_at < %s", [since, until])
    return number


if __name__ == "__main__":
    main()
