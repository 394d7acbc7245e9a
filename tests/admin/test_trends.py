"""The last days over the admin's list of snapshots: lines, values and changes."""

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
    """Store a snapshot and let the history know."""
    key = make_id()
    document = {"_id": key, "createdAt": wire_time(moment), **values}
    body = Snapshot.body_of(document)
    Snapshot.objects.create(id=key, created_at=moment, origin=Origin.SCHEDULE, took_ms=1, host="h", body=body)
    roll_up_gauges()


def days_ago(days: int) -> datetime:
    """Give a moment that has gone by, whatever the time of the day is now."""
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)


def section(client: Client, **parameters: str) -> str:
    page = client.get(LIST, parameters)
    assert page.status_code == 200
    found = SECTION.findall(page.content.decode())
    assert len(found) <= 1
    return found[0] if found else ""


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
    # Two days side by side are a line, the last stands alone, and between them is a gap; nothing was rebuilt.
    measured, rebuilt, *_ = LINE.findall(shown)
    assert (measured.count("M"), measured.count("L"), rebuilt) == (2, 2, "")


def test_what_is_older_than_thirty_days_is_left_out(root: Client) -> None:
    store(days_ago(31), totalMessages=1)
    store(days_ago(3), totalMessages=10)
    store(days_ago(1), totalMessages=12)
    [(_, value, rest)] = TREND.findall(section(root))
    assert (value, rest.split()[0]) == ("12", "+2")


def test_a_number_that_is_known_once_has_no_change_and_an_unknown_one_is_left_out(root: Client) -> None:
    store(days_ago(1), totalMessages=7, totalUsers=None)
    [(label, value, rest)] = TREND.findall(section(root))
    assert (label, value, rest) == ("Messages", "7", "")


def test_where_nothing_is_known_nothing_is_shown(root: Client) -> None:
    assert section(root) == ""
    store(days_ago(1), totalRooms=3)
    assert section(root) == ""


def test_filters_change_the_list_and_not_the_last_days(root: Client) -> None:
    store(days_ago(1), totalMessages=7)
    assert section(root, origin__exact="command") == section(root) != ""


def test_the_markup_is_for_every_theme(root: Client) -> None:
    store(days_ago(1), totalMessages=7)
    shown = section(root)
    assert "currentColor" in shown
    assert not re.search(r"style=|<script|<style|#[0-9a-f]{3}", shown)


def test_who_may_see_statistics_sees_them_and_who_may_not_costs_no_look_at_the_history(viewer: Person, member: Person) -> None:
    store(days_ago(1), totalMessages=7)
    for person in (viewer, member):
        person.user.is_staff = True
        person.user.save()
    assert TREND.findall(section(viewer.browser())) == [("Messages", "7", "")]
    with CaptureQueriesContext(connection) as asked:
        assert member.browser().get(LIST).status_code == 403
    assert not [query for query in asked if "rollup" in query["sql"]]


def test_the_list_asks_as_few_questions_for_many_snapshots_as_for_few(root: Client) -> None:
    counts = []
    for number in (2, 40):
        for minute in range(number):
            store(days_ago(1) + timedelta(minutes=minute), totalMessages=minute, totalUsers=1, onlineUsers=1)
        with CaptureQueriesContext(connection) as asked:
            assert section(root)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= 16
