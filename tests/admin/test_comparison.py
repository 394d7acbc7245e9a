"""What changed since the snapshot before, on a snapshot's page in the admin, and the ways to its neighbours."""

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
from tests.chatter import NOON
from tests.conftest import Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/statistics_app/snapshot/"
ROW = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)
WAY = re.compile(r'<a rel="(prev|next)" href="([^"]*)"')


def store(hours: int, **values: Any) -> Snapshot:
    key, moment = make_id(), NOON + timedelta(hours=hours)
    body = Snapshot.body_of({"_id": key, "createdAt": wire_time(moment), **values})
    return Snapshot.objects.create(id=key, created_at=moment, origin=Origin.SCHEDULE, took_ms=1, host="h", body=body)


def address(snapshot: Snapshot) -> str:
    return f"{LIST}{snapshot.pk}/change/"


def page(client: Client, snapshot: Snapshot, query: str = "") -> str:
    response = client.get(address(snapshot) + query)
    assert response.status_code == 200
    return response.content.decode()


def rows(text: str) -> dict[str, list[str]]:
    """Read the table by its first column."""
    return {label: [unescape(cell) for cell in CELL.findall(cells)] for label, cells in ROW.findall(text)}


@pytest.fixture
def root(admin_person: Person) -> Client:
    return admin_person.browser()


def test_a_snapshot_says_what_changed_since_the_one_right_before(root: Client) -> None:
    store(0, totalMessages=1, totalUsers=1)
    store(1, totalMessages=1000, totalUsers=30, totalRooms=4, totalPinned=2)
    latest = store(3, totalMessages=1234, totalUsers=29, totalRooms=4, totalPinned=None)
    text = page(root, latest)
    assert "Changed since the one before" in text
    assert "Since 2 Mar 2026, 13:00:00 (UTC)" in text
    assert rows(text) == {
        "Messages": ["1,000", "1,234", "+234", "+23.4 %"],
        "Users": ["30", "29", "−1", "−3.3 %"],
        "Pinned": ["2", "–", "", ""],
    }


def test_a_snapshot_like_the_one_before_says_so(root: Client) -> None:
    store(0, totalMessages=5)
    text = page(root, store(1, totalMessages=5))
    assert "Nothing changed since the one before." in text
    assert rows(text) == {}


def test_the_first_snapshot_has_none_before_it(root: Client) -> None:
    first = store(0, totalMessages=5)
    store(1, totalMessages=6)
    text = page(root, first)
    assert "There is none before this one." in text
    assert rows(text) == {}


def test_times_are_those_of_utc_and_texts_keep_their_markup_to_themselves(root: Client) -> None:
    store(0, lastLogin="2026-03-01T08:00:00.000Z", version="<b>1</b>")
    latest = store(1, lastLogin="2026-03-02T09:30:00.000Z", version="<b>2</b>")
    Snapshot.objects.filter(pk=latest.pk).update(slot=NOON)
    with timezone.override("Asia/Kathmandu"):
        text = page(root, latest)
    assert "2026-03-02 12:00:00" in text
    assert rows(text)["Last login"][:2] == ["1 Mar 2026, 08:00:00", "2 Mar 2026, 09:30:00"]
    assert rows(text)["Version"][:2] == ["<b>1</b>", "<b>2</b>"]
    assert "<b>" not in text


def test_ways_lead_to_the_snapshots_before_and_after(root: Client) -> None:
    first, middle, last = (store(hours) for hours in range(3))
    assert WAY.findall(page(root, first)) == [("next", address(middle))]
    assert WAY.findall(page(root, middle)) == [("prev", address(first)), ("next", address(last))]
    assert WAY.findall(page(root, last)) == [("prev", address(middle))]


def test_the_ways_keep_the_lists_filters(root: Client) -> None:
    first, last = store(0), store(1)
    kept = "?_changelist_filters=origin__exact%3Dschedule"
    [(_, way)] = WAY.findall(page(root, last, kept))
    assert way == address(first) + kept


def test_who_may_see_statistics_sees_the_differences_and_who_may_not_does_not(viewer: Person, member: Person) -> None:
    store(0, totalMessages=1)
    latest = store(1, totalMessages=2)
    for person in (viewer, member):
        person.user.is_staff = True
        person.user.save()
    assert rows(page(viewer.browser(), latest)) == {"Messages": ["1", "2", "+1", "+100.0 %"]}
    assert member.browser().get(address(latest)).status_code == 403
    assert Client().get(address(latest)).status_code == 302


def test_a_snapshot_that_is_gone_leads_back(root: Client) -> None:
    response = root.get(f"{LIST}nothing/change/")
    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")


def test_the_page_asks_as_few_questions_among_many_snapshots_as_among_few(root: Client) -> None:
    counts = []
    for begin in (0, 10):
        latest = [store(begin + hours, totalMessages=hours) for hours in range(begin + 2)][-1]
        with CaptureQueriesContext(connection) as asked:
            page(root, latest)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= 12
