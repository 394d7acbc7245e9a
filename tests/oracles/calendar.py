"""Counts of an export's messages by day, month, quarter and year in several time zones, computed independently of the app.

`python -m tests.oracles.calendar DIR` compares them with the history of the workspace in DATABASE_URL, before and after half of
the messages are deleted there: what was sent stays.
"""

import gzip
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracles.rocketchat import is_message, time_of

# Among them are zones with former daylight saving time, with a shift of half an hour, and with an offset of 5:45.
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu")


def times(folder: Path) -> dict[str, list[datetime]]:
    """Return the times of all messages, and of those in threads, by the metric that counts them."""
    found: dict[str, list[datetime]] = {"sentMessages": [], "sentThreadMessages": []}
    for path in sorted(folder.glob("rocketchat_message.jsonl*")):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            for message in map(json.loads, lines):
                moment = time_of(message.get("ts"))
                if is_message(message) and isinstance(moment, datetime):
                    found["sentMessages"].append(moment)
                    found["sentThreadMessages"] += [moment] if message.get("tmid") else []
    return found


def quarter(local: datetime) -> str:
    """Name the quarter of a local time."""
    return f"{local.year}-Q{(local.month + 2) // 3}"


# How the steps of each length are named.
NAMES: dict[str, Callable[[datetime], str]] = {
    "day": lambda local: local.strftime("%Y-%m-%d"),
    "month": lambda local: local.strftime("%Y-%m"),
    "quarter": quarter,
    "year": lambda local: str(local.year),
}


def main() -> int:
    """Compare all steps in all time zones. Return 1 if there is a difference, otherwise 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
    import django

    django.setup()
    moments = times(Path(sys.argv[1]))
    before = compare(moments)
    removed, recorded = delete_half()
    print(f"{removed:,} messages deleted, {recorded:,} removals recorded", flush=True)
    return int(bool(before + compare(moments)) or removed != recorded)


def delete_half() -> tuple[int, int]:
    """Delete every other message, and return how many these were, and how many removals the history has."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.models import Sum

    from statistics_app.models import EventRollup

    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM chat_message ORDER BY id LIMIT 1 OFFSET (SELECT count(*) / 2 FROM chat_message)")
        cursor.execute("DELETE FROM chat_message WHERE id < %s", cursor.fetchone())
        deleted = cursor.rowcount
    call_command("roll_up_history", verbosity=0)
    removals = EventRollup.objects.filter(key__startswith="-messages")
    return deleted, removals.aggregate(number=Sum("number", default=0))["number"]


def compare(found: dict[str, list[datetime]]) -> int:
    """Compare the history with the times of the messages, and return the number of differences."""
    return sum(compare_metric(key, moments) for key, moments in found.items() if moments)


def compare_metric(metric: str, moments: list[datetime]) -> int:
    """Compare one metric with the times of what it counts, and return the number of differences."""
    from statistics_app.history.metrics import BY_KEY
    from statistics_app.history.points import HistoryRange
    from statistics_app.history.series import SeriesMode, series
    from statistics_app.history.steps import Step

    since, until = min(moments) - timedelta(days=3), max(moments) + timedelta(days=3)
    differences = 0
    for name in ZONES:
        zone = ZoneInfo(name)
        local = [moment.astimezone(zone) for moment in moments]
        for step, name_of in NAMES.items():
            history_range = HistoryRange(since, until, Step(step), zone)
            points = series([BY_KEY[metric]], history_range, SeriesMode.VALUE)[BY_KEY[metric]]
            starts = [name_of(start.astimezone(zone)) for start in history_range.starts]
            found = {start: int(point.value) for start, point in zip(starts, points, strict=True) if point.value}
            expected = Counter(map(name_of, local))
            differing = {key for key in {*found, *expected} if found.get(key) != expected.get(key)}
            differences += len(differing)
            print(
                f"{metric}, {name}: {len(expected)} {step}s with {sum(found.values()):,} messages, {len(differing)} differ",
                flush=True,
            )
            for key in sorted(differing)[:5]:
                print(f"  {key}: {expected.get(key)} in the files, {found.get(key)} in the history")
    return differences


if __name__ == "__main__":
    sys.exit(main())
