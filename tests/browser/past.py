"""Give the browser tests' workspace snapshots of past days: `python -m tests.browser.past`, after a first real one."""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import django

# Measured on these days, counted back from today; two between them were missed.
DAYS_AGO = (10, 9, 8, 7, 4, 3, 2, 1)
MISSED_DAYS_AGO = (6, 5)
# How much there is to do at each of these hours.
LIVELY = {0: 0.2, 6: 0.7, 12: 1.3, 18: 0.9}


def main() -> None:
    """Make the past; or, when told so, let the newest snapshot be some hours older than it is."""
    django.setup()
    if "hours-ago" in sys.argv:
        grow_old()
    else:
        make_past()


def grow_old() -> None:
    """Let time pass: the newest snapshot becomes one of some hours ago."""
    from statistics_app.models import Snapshot

    latest = Snapshot.objects.latest_taken()
    assert latest
    Snapshot.objects.filter(pk=latest.pk).update(created_at=latest.created_at - timedelta(hours=5))


def make_past() -> None:
    """Store the real snapshot again and again, with the totals of the time that it is given, and some ups and downs."""
    from statistics_app.history.metrics import GAUGES
    from statistics_app.models import EventRollup, Snapshot
    from statistics_app.models.snapshot import Origin
    from statistics_app.serialization import make_id, wire_time

    real = Snapshot.objects.latest_taken()
    assert real
    for number, moment in enumerate(reversed(moments(real.created_at)), start=1):
        key, said = make_id(), wire_time(moment)
        totals = {
            metric.key: sum(EventRollup.objects.before(list(metric.events), moment).values())
            for metric in GAUGES
            if metric.events
        }
        document = {**lively(real.document, moment.hour), **totals, "_id": key, "createdAt": said, "_updatedAt": said}
        Snapshot.objects.create(
            id=key,
            number=-number,  # begun before the real one
            created_at=moment,
            origin=Origin.SCHEDULE,
            took_ms=real.took_ms,
            host=real.host,
            body=Snapshot.body_of(document),
        )


def moments(now: datetime) -> list[datetime]:
    """List when there were snapshots, the oldest first."""
    today = now.astimezone(UTC).replace(hour=0, minute=30, second=0, microsecond=0)
    return [today - timedelta(days=days) + timedelta(hours=hour) for days in DAYS_AGO for hour in LIVELY]


def lively(document: dict[str, Any], hour: int) -> dict[str, Any]:
    """Let more people be there by day than by night, and the machine have more to do."""
    copy = json.loads(json.dumps(document))
    busy = LIVELY[hour]
    for key in ("onlineUsers", "awayUsers", "busyUsers"):
        copy[key] = int(copy[key] * busy)
    copy["os"]["freemem"] = int(copy["os"]["freemem"] * (1 - busy / 5))
    copy["os"]["loadavg"] = [round(load * busy, 2) for load in copy["os"]["loadavg"]]
    return copy


if __name__ == "__main__":
    main()
