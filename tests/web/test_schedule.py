"""The schedule above the list of snapshots: what became of each slot in words, what needs attention, and the other tasks."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine

from statistics_app.models import FailedSlot, FailedTask, Installation, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots.task_names import PRUNE
from tests.conftest import Person
from tests.history.conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = pytest.mark.django_db

LIST = "/statistics/snapshots/"
NOW = at(2026, 3, 20, 12, 30)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The time at which everything is shown, in an installation of long ago."""
    with time_machine.travel(NOW, tick=False):
        Installation.objects.the_one()
        Installation.objects.update(installed_at=NOW - timedelta(days=365))
        yield


@pytest.fixture
def snapshots(store: Store) -> dict[datetime, Snapshot]:
    """Snapshots of two days: one late, one with an unknown value, and five that are missing, of which two failed."""
    stored = {}
    for slot in (at(2026, 3, 20, 12) - HOUR * ago for ago in range(48)):
        delay = timedelta(minutes=32) if slot == at(2026, 3, 19, 20) else timedelta(seconds=2)
        if not at(2026, 3, 19, 3) <= slot <= at(2026, 3, 19, 7):
            stored[slot] = store(slot + delay)
            Snapshot.objects.filter(pk=stored[slot].pk).update(slot=slot)
    Snapshot.objects.filter(pk=stored[at(2026, 3, 20, 9)].pk).update(problems={"totalUsers": "gone"})
    for slot in (at(2026, 3, 19, 6), at(2026, 3, 19, 6), at(2026, 3, 19, 7), at(2026, 3, 19, 8)):
        FailedSlot.objects.record(slot, slot + timedelta(minutes=5), "OSError: <no> space")
    return stored


def page_of(viewer: Person, query: str = "", zone: str = "UTC") -> str:
    browser = viewer.browser()
    browser.cookies["statistics_zone"] = zone
    return browser.get(f"{LIST}{query}").content.decode()


def rows_of(html: str) -> list[list[str]]:
    """Return the texts of the cells of the table of all slots."""
    table = html.partition('aria-label="Every slot"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL)
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_every_slot_is_in_a_table_in_words_newest_first(viewer: Person, snapshots: dict[datetime, Snapshot]) -> None:
    html = page_of(viewer)
    rows = rows_of(html)
    assert len(rows) == 48
    assert rows[0] == ["20 Mar 2026, 12:00", "taken", "Taken in time"]
    assert rows[3] == ["20 Mar 2026, 09:00", "taken", "Taken in time. 1 value unknown"]
    assert rows[16] == ["19 Mar 2026, 20:00", "late", "Taken 32 min late"]
    assert rows[28][2] == "Taken in time. Failed once, on 19 Mar 2026, 08:05: OSError: <no> space"
    assert rows[29][:2] == ["19 Mar 2026, 07:00", "failed"]
    assert rows[29][2] == "Once, on 19 Mar 2026, 07:05: OSError: <no> space"
    assert rows[30][2] == "2 times, last on 19 Mar 2026, 06:05: OSError: <no> space"
    assert rows[31] == ["19 Mar 2026, 05:00", "missed", "No attempt is recorded"]
    assert f'<a href="{LIST}{snapshots[at(2026, 3, 20, 9)].pk}/">20 Mar 2026, 09:00</a>' in html
    assert "<no>" not in html


def test_the_strip_is_a_picture_that_is_described_by_its_numbers(viewer: Person, snapshots: dict[datetime, Snapshot]) -> None:
    html = page_of(viewer)
    strip = re.search(r'<div class="slots" role="img" aria-labelledby="slot-counts">(.*?)</div>', html)
    assert strip
    classes = re.findall(r'<i class="(\w+)" title="[^"]+">', strip[1])
    assert {name: classes.count(name) for name in classes} == {"taken": 42, "late": 1, "failed": 2, "missed": 3}
    described = re.search(r'id="slot-counts">(.*?)</p>', html)
    assert described
    text = " ".join(re.sub(r"<[^>]+>", "", described[1]).split())
    assert text == "The last 48 snapshots by schedule: 42 taken, 1 late, 2 failed, 3 missed"


def test_what_needs_attention_is_listed_with_slots_in_a_row_together(
    viewer: Person, snapshots: dict[datetime, Snapshot]
) -> None:
    html = page_of(viewer, zone="Europe/Berlin")
    items = re.search(r'<ul class="troubles".*?</ul>', html)
    assert items
    assert [unescape(re.sub(r"<[^>]+>", "", item)) for item in re.findall(r"<li>(.*?)</li>", items[0])] == [
        "Late 19 Mar 2026, 21:00: Taken 32 min late",
        "Failed 19 Mar 2026, 08:00: Once, on 19 Mar 2026, 08:05: OSError: <no> space",
        "Failed 19 Mar 2026, 07:00: 2 times, last on 19 Mar 2026, 07:05: OSError: <no> space",
        "Missed 19 Mar 2026, 04:00 to 19 Mar 2026, 06:00 (3 snapshots): No attempt is recorded",
    ]


def test_the_next_snapshot_and_the_other_tasks_are_named(viewer: Person, snapshots: dict[datetime, Snapshot]) -> None:
    FailedTask.objects.record(PRUNE, NOW - HOUR, "OSError: no space")
    Installation.objects.record_pruning(NOW - timedelta(days=5))
    text = unescape(re.sub(r"<[^>]+>", " ", page_of(viewer)))
    text = " ".join(text.split())
    assert "a snapshot every hour; the next is due on 20 Mar 2026, 13:00" in text
    pruning = "Removal of old snapshots day 15 Mar 2026, 12:30 overdue – Once, on 20 Mar 2026, 11:30: OSError: no space"
    assert pruning in text
    assert "Audit of the running counts week not recorded yet – none recorded" in text
    Snapshot.objects.filter(slot=at(2026, 3, 20, 12)).delete()
    assert "has been due since" in page_of(viewer)


def test_a_slot_that_only_a_reader_has_refreshed_says_so(viewer: Person, snapshots: dict[datetime, Snapshot]) -> None:
    refreshed = snapshots[at(2026, 3, 20, 10)]
    Snapshot.objects.filter(pk=refreshed.pk).update(slot=None, origin=Origin.REFRESH)
    assert rows_of(page_of(viewer))[2][1:] == ["missed", "No attempt is recorded. Refreshed by a reader"]


def test_only_the_first_page_of_a_list_with_snapshots_has_the_schedule(
    viewer: Person, snapshots: dict[datetime, Snapshot]
) -> None:
    assert 'id="schedule"' in page_of(viewer)
    assert 'id="schedule"' not in page_of(viewer, "?page=2")
    Snapshot.objects.all().delete()
    assert 'id="schedule"' not in page_of(viewer)


def test_the_line_above_the_numbers_leads_to_the_schedule(viewer: Person, snapshots: dict[datetime, Snapshot]) -> None:
    link = f'<a href="{LIST}#schedule">schedule</a>'
    assert link in viewer.browser().get("/statistics/").content.decode()
    old = snapshots[at(2026, 3, 19, 20)]
    assert link not in viewer.browser().get(f"{LIST}{old.pk}/").content.decode()
