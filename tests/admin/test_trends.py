"""The trends above the admin's list of snapshots: lines, values and changes."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time
from tests.conftest import Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/statistics_app/snapshot/"
SECTION = re.compile(r'<section class="module statistics-trends".*?</section>', re.DOTALL)
TREND = re.compile(r"<dt>(.*?)</dt>.*?<strong>(.*?)</strong>(.*?)</dd>", re.DOTALL)
LINE = re.compile(r' d="([^"]*)"')


def store(moment: datetime, **values: Any) -> None:
    """Store a snapshot and update the history."""
    key = make_id()
    document = {"_id": key, "createdAt": wire_time(moment), **values}
    body = Snapshot.body_of(document)
    Snapshot.objects.create(id=key, created_at=moment, origin=Origin.SCHEDULE, took_ms=1, host="h", body=body)
    roll_up_gauges()


def days_ago(days: int) -> datetime:
    """Return the midnight (UTC) a given number of days ago."""
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)


def section(client: Client, **parameters: str) -> str:
    page = client.get(LIST, parameters)
    assert page.status_code == 200
    sections = SECTION.findall(page.content.decode())
    assert len(sections) <= 1
    return sections[0] if sections else ""


@pytest.fixture
def root(admin_person: Person) -> Client:
    return admin_person.browser()


def test_each_number_has_its_latest_value_its_change_and_its_line(root: Client) -> None:
    first = days_ago(9)
    for days, messages, users in ((0, 1000, 30), (1, 1100, 30), (9, 1234, 29)):
        store(first + timedelta(days=days), totalMessages=messages, totalUsers=users, onlineUsers=5)
    shown = section(root)
    since = f"since {first + timedelta(days=1):%-d %b %Y}"
    assert [(label, value, rest.strip()) for label, value, rest in TREND.findall(shown)] == [
        ("Messages", "1,234", f"+234 {since}"),
        ("Users", "29", f"−1 {since}"),
        ("Online", "5", f"±0 {since}"),
    ]
    # Two consecutive days form a line, the last one is a single point after a gap.
    assert re.fullmatch(r"M[^ML]+L[^ML]+M([^ML]+)L\1", LINE.findall(shown)[0])


def test_the_change_is_counted_from_exactly_thirty_days_before_the_newest_snapshot(root: Client) -> None:
    store(days_ago(32), totalMessages=1)
    store(days_ago(31), totalMessages=4)
    store(days_ago(3), totalMessages=10)
    store(days_ago(1), totalMessages=12)
    [(_, value, rest)] = TREND.findall(section(root))
    assert (value, rest.split()[0]) == ("12", "+8")


def test_a_metric_with_one_value_has_no_change_and_an_unknown_one_is_left_out(root: Client) -> None:
    store(days_ago(1), totalMessages=7, totalUsers=None)
    [(label, value, rest)] = TREND.findall(section(root))
    assert (label, value, rest) == ("Messages", "7", "")


def test_without_known_values_no_trends_are_shown(root: Client) -> None:
    assert section(root) == ""
    store(days_ago(1), totalRooms=3)
    assert section(root) == ""


def test_filters_do_not_change_the_trends(root: Client) -> None:
    store(days_ago(1), totalMessages=7)
    assert section(root, origin__exact="command") == section(root) != ""


def test_the_markup_contains_no_colours_scripts_or_styles(root: Client) -> None:
    store(days_ago(1), totalMessages=7)
    shown = section(root)
    assert "currentColor" in shown
    assert not re.search(r"style=|<script|<style|#[0-9a-f]{3}", shown)


def test_trends_require_the_permission_and_denied_requests_do_not_query_the_history(viewer: Person, member: Person) -> None:
    store(days_ago(1), totalMessages=7)
    for person in (viewer, member):
        person.user.is_staff = True
        person.user.save()
    assert TREND.findall(section(viewer.browser())) == [("Messages", "7", "")]
    with CaptureQueriesContext(connection) as queries:
        assert member.browser().get(LIST).status_code == 403
    assert not [query for query in queries if "rollup" in query["sql"]]


def test_the_number_of_queries_does_not_depend_on_the_number_of_snapshots(root: Client) -> None:
    counts = []
    for number in (2, 40):
        for minute in range(number):
            store(days_ago(1) + timedelta(minutes=minute), totalMessages=minute, totalUsers=1, onlineUsers=1)
        with CaptureQueriesContext(connection) as queries:
            assert section(root)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 16
