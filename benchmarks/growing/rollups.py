"""Rolling up one snapshot, with ten days of history and with ten years."""

import os
from datetime import timedelta
from statistics import median
from time import perf_counter

from benchmarks.measuring import Bars

YEARS = float(os.environ.get("YEARS", "10"))
ROUNDS = 31


def measure_rollups(bars: Bars) -> None:
    """Measure with both; the rows of the past are inserted by SQL."""
    from statistics_app.models.snapshot import Origin
    from statistics_app.snapshots import generation

    number = generation.generate(Origin.COMMAND).number
    fill(timedelta(days=10))
    short = median_of(number)
    fill(timedelta(days=365 * YEARS))
    long = median_of(number)
    print(f"roll-up of one snapshot: {short * 1e3:.1f} ms with ten days of rollups, {long * 1e3:.1f} ms with {YEARS:g} years")
    bars.at_most("roll_up_of_a_snapshot_years_over_days", long / short, 1.3)


def fill(span: timedelta) -> None:
    """Have rollups of every gauge for every hour of this time."""
    from django.db import connection

    from statistics_app.history.metrics import GAUGES

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE statistics_app_gaugerollup, statistics_app_gaugeday")
        cursor.execute(
            "INSERT INTO statistics_app_gaugerollup (key, hour, least, greatest, last, last_at, total, count) "
            "SELECT key, hour, 1, 9, 5, hour, 20, 4 FROM unnest(%s::text[]) key, "
            "generate_series(date_trunc('hour', now()) - %s, date_trunc('hour', now()) - interval '1 hour', '1 hour') hour "
            "ORDER BY hour, key",
            [[metric.key for metric in GAUGES], span],
        )
        # By hour and by day, as they come in operation, not by gauge.
        cursor.execute(
            "INSERT INTO statistics_app_gaugeday (key, day, least, greatest, last, last_at, total, count) "
            "SELECT key, date_trunc('day', hour, 'UTC'), 1, 9, 5, max(hour), sum(total), sum(count) "
            "FROM statistics_app_gaugerollup GROUP BY 1, 2 ORDER BY 2, 1"
        )
        for table in ("gaugerollup", "gaugeday"):
            cursor.execute(f"VACUUM ANALYZE statistics_app_{table}")


def median_of(number: int | None) -> float:
    """Return the median time of rolling up a snapshot again, in seconds."""
    from statistics_app.history.gauge_rollup import roll_up_gauges
    from statistics_app.models import Snapshot

    times = []
    for _ in range(ROUNDS):
        Snapshot.objects.filter(number=number).update(is_rolled_up=False)
        started = perf_counter()
        roll_up_gauges()
        times.append(perf_counter() - started)
    return median(times[1:])
