"""The numbers of snapshots by day: lists are as long, and their pages the same, as without them."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.models import Snapshot, SnapshotDay, TimeRange, snapshot_days
from statistics_app.models.snapshot import Origin
from statistics_app.presentation.paging import SnapshotPaginator
from tests.history.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BEGIN, END = at(2026, 3, 1), at(2026, 3, 21)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[Snapshot]:
    """Snapshots of twenty days, several in one millisecond, most of them in the history; lists count as if they were many."""
    monkeypatch.setattr(snapshot_days, "_NEAR", -1)
    chance = random.Random(3)
    moments = [BEGIN + (END - BEGIN) * chance.random() for _ in range(150)] + [BEGIN, END, END] * 2
    make(moments)
    roll_up_gauges()
    make(chance.sample(moments, 20))
    return list(Snapshot.objects.newest_first())


def make(moments: list[datetime]) -> None:
    for moment in moments:
        body = Snapshot.body_of({"totalUsers": 3})
        Snapshot.objects.create(created_at=moment, origin=Origin.IMPORT, took_ms=1, host="h", body=body)


def ranges() -> list[TimeRange]:
    """Ranges of all kinds of ends: open, on and off midnight, within one day, empty."""
    noon = BEGIN + timedelta(days=5, hours=12)
    return [
        TimeRange(),
        TimeRange(since=noon),
        TimeRange(until=noon),
        TimeRange.up_to(END),
        TimeRange(BEGIN, END),
        TimeRange(noon, noon + timedelta(hours=3)),
        TimeRange(noon, noon + timedelta(days=6, minutes=1)),
        TimeRange(END, BEGIN),
    ]


@pytest.mark.parametrize("within", ranges(), ids=str)
@pytest.mark.parametrize("newest_first", [True, False])
def test_every_page_is_that_of_the_whole_list(stored: list[Snapshot], within: TimeRange, newest_first: bool) -> None:
    expected = [one.pk for one in stored if within.since <= one.created_at < within.until]
    expected = expected if newest_first else expected[::-1]
    days = SnapshotDay.objects.all()
    assert days.number_in(within) == len(expected)
    for offset in range(len(expected) + 3):
        page = days.page(within, offset, 4, newest_first=newest_first)
        assert [snapshot.pk for snapshot in page] == expected[offset : offset + 4]


def test_a_page_far_away_skips_less_than_a_day(stored: list[Snapshot]) -> None:
    with CaptureQueriesContext(connection) as queries:
        list(SnapshotDay.objects.all().page(TimeRange(), 140, 5))
    skipped = int(queries.captured_queries[-1]["sql"].rpartition("OFFSET ")[2])
    busiest = max(SnapshotDay.objects.values_list("number", flat=True))
    assert skipped < busiest + 20


def test_deleting_snapshots_counts_their_days_again(stored: list[Snapshot]) -> None:
    of_day = Snapshot.objects.within(TimeRange(BEGIN, BEGIN + timedelta(days=2)))
    deleted = of_day.delete()[0]
    stored[0].delete()
    assert deleted > 5
    assert SnapshotDay.objects.all().number_in(TimeRange()) == Snapshot.objects.count() == len(stored) - deleted - 1


def test_a_paginator_counts_and_cuts_all_snapshots_as_django_would(stored: list[Snapshot]) -> None:
    paginator: Any = SnapshotPaginator(Snapshot.objects.newest_first(), 9)
    assert paginator.count == len(stored)
    for page in paginator:
        assert list(page) == stored[page.start_index() - 1 : page.end_index()]
        assert page.has_next() == (page.end_index() < len(stored))


@pytest.mark.parametrize(
    "rows",
    [Snapshot.objects.newest_first().filter(origin="import", created_at__gte=BEGIN), Snapshot.objects.oldest_first()],
    ids=["filtered", "sorted"],
)
def test_a_paginator_of_another_list_reads_that(stored: list[Snapshot], rows: Any) -> None:
    paginator: Any = SnapshotPaginator(rows, 50)
    assert [row for page in paginator for row in page] == list(rows)


@pytest.mark.not_mariadb  # Django needs the server's tables of time zones
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_years_months_and_days_with_snapshots_are_those_that_django_finds(db: None, settings: Any, zone: str) -> None:
    settings.TIME_ZONE = zone
    chance = random.Random(4)
    make([at(2019, 12, 31, 20) + timedelta(days=900) * chance.random() ** 3 for _ in range(60)])
    rows = Snapshot.objects.filter(created_at__gte=at(2019, 12, 31, 23))
    django: Any = super(type(rows), rows)
    for kind in ("year", "month", "day"):
        for order in ("ASC", "DESC"):
            assert rows.datetimes("created_at", kind, order) == list(django.datetimes("created_at", kind, order))
    assert list(rows.datetimes("created_at", "hour")) == list(django.datetimes("created_at", "hour"))
