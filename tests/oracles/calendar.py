"""Messages by the days and months of a zone, counted by a plain script out of an export: knows nothing of the app.

`python -m tests.oracles.calendar DIR` holds the history of the workspace that DATABASE_URL names against it.
"""

import gzip
import json
import os
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

# Summer times of old, half an hour, three quarters of an hour.
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu")


def times(folder: Path) -> list[datetime]:
    """Read when every message was sent."""
    found = []
    for path in sorted(folder.glob("rocketchat_message.jsonl*")):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            found += [datetime.fromisoformat(json.loads(line)["ts"]["$date"].replace("Z", "+00:00")) for line in lines]
    return found


def by_day(moments: list[datetime], zone: str) -> Counter[str]:
    """Count by the date that a zone's calendar shows."""
    return Counter(moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d") for moment in moments)


def by_month(moments: list[datetime], zone: str) -> Counter[str]:
    """Count by the month that a zone's calendar shows."""
    return Counter(moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m") for moment in moments)


def main() -> int:
    """Compare every day and month of all years in every zone; 1 when anything differs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statsproject.settings")
    import django

    django.setup()
    from statistics_app.history.metrics import BY_KEY
    from statistics_app.history.points import HistoryRange
    from statistics_app.history.series import SeriesMode, series
    from statistics_app.history.steps import Step

    moments = times(Path(sys.argv[1]))
    since, until = min(moments) - timedelta(days=3), max(moments) + timedelta(days=3)
    wrong = 0
    for name in ZONES:
        for step, count, written in ((Step.DAY, by_day, "%Y-%m-%d"), (Step.MONTH, by_month, "%Y-%m")):
            zone = ZoneInfo(name)
            asked = HistoryRange(since, until, step, zone)
            points = series([BY_KEY["sentMessages"]], asked, SeriesMode.VALUE)[BY_KEY["sentMessages"]]
            starts = [start.astimezone(zone).strftime(written) for start in asked.starts]
            found = {start: int(point.value) for start, point in zip(starts, points, strict=True) if point.value}
            expected = count(moments, name)
            differing = {key for key in {*found, *expected} if found.get(key) != expected.get(key)}
            wrong += len(differing)
            print(f"{name}: {len(expected)} {step}s with {sum(found.values()):,} messages, {len(differing)} differ", flush=True)
            for key in sorted(differing)[:5]:
                print(f"  {key}: the files hold {expected.get(key)}, the history says {found.get(key)}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
