"""Create snapshots of past days for the browser tests: `python -m tests.browser.past`, after a first real snapshot."""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import django

# The days with snapshots, counted back from today; the two days that are left out form a gap.
DAYS_AGO = (10, 9, 8, 7, 4, 3, 2, 1)
# The activity at each hour with a snapshot, relative to the real snapshot.
ACTIVITY = {0: 0.2, 6: 0.7, 12: 1.3, 18: 0.9}


def main() -> None:
    """Create the past snapshots; or, with the argument `hours-ago`, make the latest snapshot five hours older."""
    django.setup()
    if "hours-ago" in sys.argv:
        age_latest()
    else:
        create_past()


def age_latest() -> None:
    """Make the latest snapshot five hours older."""
    from statistics_app.models import Snapshot

    latest = Snapshot.objects.latest_taken()
    assert latest
    Snapshot.objects.filter(pk=latest.pk).update(created_at=latest.created_at - timedelta(hours=5))


def create_past() -> None:
    """Store copies of the real snapshot, with the totals of their times and with varying activity."""
    from statistics_app.history.metrics import GAUGES
    from statistics_app.models import EventRollup, Snapshot
    from statistics_app.models.snapshot import Origin
    from statistics_app.serialization import make_id, wire_time

    real = Snapshot.objects.latest_taken()
    assert real
    for number, moment in enumerate(reversed(moments(real.created_at)), start=1):
        key, created = make_id(), wire_time(moment)
        totals = {
            metric.key: sum(EventRollup.objects.before(list(metric.events), moment).values())
            for metric in GAUGES
            if metric.events
        }
        document = {
            **with_activity(real.document, moment.hour),
            **totals,
            "_id": key,
            "createdAt": created,
            "_updatedAt": created,
        }
        Snapshot.objects.create(
            id=key,
            number=-number,  # so that the real snapshot remains the latest
            created_at=moment,
            origin=Origin.SCHEDULE,
            took_ms=real.took_ms,
            host=real.host,
            body=Snapshot.body_of(document),
        )


def moments(now: datetime) -> list[datetime]:
    """Return the times of the past snapshots, oldest first."""
    today = now.astimezone(UTC).replace(hour=0, minute=30, second=0, microsecond=0)
    return [today - timedelta(days=days) + timedelta(hours=hour) for days in DAYS_AGO for hour in ACTIVITY]


def with_activity(document: dict[str, Any], hour: int) -> dict[str, Any]:
    """Return a copy of a document in which presence, load and memory use depend on the hour."""
    copy = json.loads(json.dumps(document))
    activity = ACTIVITY[hour]
    for key in ("onlineUsers", "awayUsers", "busyUsers"):
        copy[key] = int(copy[key] * activity)
    copy["os"]["freemem"] = int(copy["os"]["freemem"] * (1 - activity / 5))
    copy["os"]["loadavg"] = [round(load * activity, 2) for load in copy["os"]["loadavg"]]
    return copy


if __name__ == "__main__":
    main()
