"""What grows with the number of snapshots: lists, pages, long histories and exports, with few snapshots and with many."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks.growing.rollups import YEARS, fill
from benchmarks.measuring import Bars, interleaved

FEW, MANY = 5_000, int(os.environ.get("STORED", "525600"))
INTERVAL = timedelta(days=365 * YEARS) / MANY
EXPORTED = 4_000
ROUNDS = 9
METRICS = (
    "totalMessages,totalUsers,onlineUsers,totalRooms,totalChannels,totalThreads,"
    "uploadsTotal,uploadsTotalSize,os.freemem,os.loadavg.0"
)

Requests = dict[str, Callable[[], object]]


def measure_lists(bars: Bars) -> None:
    """Measure as a member of the group of viewers, with throttles; the snapshots of the past are inserted by SQL."""
    from statistics_app.models.snapshot import Origin
    from statistics_app.snapshots import generation

    now, body = datetime.now(UTC), generation.generate(Origin.COMMAND).body
    insert(body, now, FEW)
    fill(INTERVAL * FEW)
    few = interleaved(requests(now, FEW), ROUNDS)
    insert(body, now, MANY)
    fill(timedelta(days=365 * YEARS))
    many = interleaved(requests(now, MANY), ROUNDS)
    for name, seconds in many.items():
        print(f"{name:>24}: {few[name] * 1e3:8.1f} ms with {FEW:,} snapshots, {seconds * 1e3:8.1f} ms with {MANY:,}")
    for name, seconds in many.items():
        bars.at_most(f"{name.replace(' ', '_')}_many_over_few", seconds / few[name], 1.5)
    bars.at_most("openmetrics_over_json", many["export as OpenMetrics"] / many["export as JSON"], 2)


def insert(body: str, now: datetime, number: int) -> None:
    """Have so many snapshots, the last one taken now, all of them in the history."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE statistics_app_snapshot, statistics_app_snapshotday")
        cursor.execute(
            "INSERT INTO statistics_app_snapshot (id, number, created_at, origin, took_ms, host, problems, counting, "
            "counted_live, body, is_rolled_up, total_messages, total_users, online_users) "
            "SELECT 's' || lpad(n::text, 16, '0'), n + 1000, %s - (%s - n) * %s, 'schedule', 9, 'h', '{}', 'tallies', '{}', "
            "regexp_replace(%s, '\"totalMessages\":[0-9]+', '\"totalMessages\":' || n), true, n, 300, n %% 97 "
            "FROM generate_series(1, %s) n",
            [now, number, INTERVAL, body, number],
        )
        cursor.execute(
            "INSERT INTO statistics_app_snapshotday (day, number) "
            "SELECT date_trunc('day', created_at, 'UTC'), count(*) FROM statistics_app_snapshot GROUP BY 1"
        )
        cursor.execute("VACUUM ANALYZE statistics_app_snapshot")
        cursor.execute("VACUUM ANALYZE statistics_app_snapshotday")


def requests(now: datetime, number: int) -> Requests:
    """Return the requests, by name; those that depend on the place in a list ask for its end."""
    since = (now - timedelta(days=365 * YEARS)).isoformat()
    begin = (now - INTERVAL * EXPORTED).isoformat()
    api, browser = clients()
    return {
        "ten years of a metric": lambda: api("statistics.history", metrics="totalMessages", since=since, tz="Europe/Berlin"),
        "ten years of ten metrics": lambda: api("statistics.history", metrics=METRICS, since=since, tz="Europe/Berlin"),
        "first page of the API": lambda: api("statistics.list"),
        "last page of the API": lambda: api("statistics.list", offset=str(number - 50)),
        "API sorted by a total": lambda: api("statistics.list", sort='{"totalMessages":1}'),
        "last page of Snapshots": lambda: browser(f"/statistics/snapshots/?page={-(-number // 25)}"),
        "list of the admin": lambda: browser("/admin/statistics_app/snapshot/"),
        "export as JSON": lambda: api("statistics.export", format="json", since=begin),
        "export as OpenMetrics": lambda: api("statistics.export", format="openmetrics", since=begin),
    }


def clients() -> tuple[Callable[..., bytes], Callable[[str], bytes]]:
    """Return functions that send a request to the API, and for a page, and return the body of the answer."""
    from django.conf import settings
    from django.contrib.auth.models import Group
    from django.test import Client

    from statistics_app.accounts.tokens import issue_personal_token
    from statsproject.chat.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STATISTICS = {**settings.STATISTICS, "THROTTLE_READ": "1000000/minute"}
    user, _ = User.objects.get_or_create(username="reader", is_staff=True)
    user.groups.add(Group.objects.get(name="Statistics viewers"))
    headers = {"X-User-Id": user.pk, "X-Auth-Token": issue_personal_token(user, f"bench {datetime.now(UTC)}")}
    signed_in = Client()
    signed_in.force_login(user)

    def body_of(response: object) -> bytes:
        assert response.status_code == 200, response.content
        return b"".join(response.streaming_content) if response.streaming else response.content

    return (
        lambda path, **query: body_of(Client().get(f"/api/v1/{path}", query, headers=headers)),
        lambda path: body_of(signed_in.get(path)),
    )
