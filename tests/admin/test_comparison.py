"""A snapshot's page in the admin: the changes since the previous snapshot, and the links to its neighbours."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time
from tests.conftest import Person
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/statistics_app/snapshot/"
ROW = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)
LINK = re.compile(r'<a rel="(prev|next)" href="([^"]*)"')


def store(hours: int, **values: Any) -> Snapshot:
    key, moment = make_id(), NOON + timedelta(hours=hours)
    body = Snapshot.body_of({"_id": key, "createdAt": wire_time(moment), **values})
    return Snapshot.objects.create(id=key, created_at=moment, origin=Origin.SCHEDULE, took_ms=1, host="h", body=body)


def url_of(snapshot: Snapshot) -> str:
    return f"{LIST}{snapshot.pk}/change/"


def page(client: Client, snapshot: Snapshot, query: str = "") -> str:
    response = client.get(url_of(snapshot) + query)
    assert response.status_code == 200
    return response.content.decode()


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of the table's rows by the text of their first column."""
    return {label: [unescape(cell) for cell in CELL.findall(cells)] for label, cells in ROW.findall(text)}


@pytest.fixture
def root(admin_person: Person) -> Client:
    return admin_person.browser()


def test_a_snapshot_shows_the_changes_since_the_previous_one(root: Client) -> None:
    store(0, totalMessages=1, totalUsers=1)
    store(1, totalMessages=1000, totalUsers=30, totalRooms=4, totalPinned=2)
    latest = store(3, totalMessages=1234, totalUsers=29, totalRooms=4, totalPinned=None)
    text = page(root, latest)
    assert "Changes since the previous snapshot" in text
    assert "Since 2 Mar 2026, 13:00:00 (UTC)" in text
    assert rows(text) == {
        "Messages": ["1,000", "1,234", "+234", "+23.4 %"],
        "Users": ["30", "29", "−1", "−3.3 %"],
        "Pinned messages": ["2", "–", "", ""],
    }


def test_a_snapshot_equal_to_the_previous_one_shows_no_changes(root: Client) -> None:
    store(0, totalMessages=5)
    text = page(root, store(1, totalMessages=5))
    assert "Nothing changed since the previous snapshot." in text
    assert rows(text) == {}


def test_the_first_snapshot_has_no_earlier_one(root: Client) -> None:
    first = store(0, totalMessages=5)
    store(1, totalMessages=6)
    text = page(root, first)
    assert "There is no earlier snapshot." in text
    assert rows(text) == {}


def test_times_are_in_utc_and_texts_are_escaped(root: Client) -> None:
    store(0, lastLogin="2026-03-01T08:00:00.000Z", version="<b>1</b>")
    latest = store(1, lastLogin="2026-03-02T09:30:00.000Z", version="<b>2</b>")
    Snapshot.objects.filter(pk=latest.pk).update(slot=NOON)
    with timezone.override("Asia/Kathmandu"):
        text = page(root, latest)
    assert "2 Mar 2026, 12:00:00" in text
    assert rows(text)["Last login"][:2] == ["1 Mar 2026, 08:00:00", "2 Mar 2026, 09:30:00"]
    assert rows(text)["Version"][:2] == ["<b>1</b>", "<b>2</b>"]
    assert "<b>" not in text


def test_links_lead_to_the_previous_and_the_next_snapshot(root: Client) -> None:
    first, middle, last = (store(hours) for hours in range(3))
    assert LINK.findall(page(root, first)) == [("next", url_of(middle))]
    assert LINK.findall(page(root, middle)) == [("prev", url_of(first)), ("next", url_of(last))]
    assert LINK.findall(page(root, last)) == [("prev", url_of(middle))]


def test_the_links_keep_the_lists_filters(root: Client) -> None:
    first, last = store(0), store(1)
    filters = "?_changelist_filters=origin__exact%3Dschedule"
    [(_, link)] = LINK.findall(page(root, last, filters))
    assert link == url_of(first) + filters


def test_the_changes_require_the_permission_to_view_statistics(viewer: Person, member: Person) -> None:
    store(0, totalMessages=1)
    latest = store(1, totalMessages=2)
    for person in (viewer, member):
        person.user.is_staff = True
        person.user.save()
    assert rows(page(viewer.browser(), latest)) == {"Messages": ["1", "2", "+1", "+100.0 %"]}
    assert member.browser().get(url_of(latest)).status_code == 403
    assert Client().get(url_of(latest)).status_code == 302


def test_a_missing_snapshot_redirects_to_the_index(root: Client) -> None:
    response = root.get(f"{LIST}nothing/change/")
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")


def test_the_number_of_queries_does_not_depend_on_the_number_of_snapshots(root: Client) -> None:
    counts = []
    # Django caches content types with the first page.
    page(root, store(0, totalMessages=1))
    for begin in (1, 11):
        latest = [store(begin + hours, totalMessages=hours) for hours in range(begin + 2)][-1]
        with CaptureQueriesContext(connection) as queries:
            page(root, latest)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 12
