"""Headlines: the values of a snapshot and their changes, compared with the snapshots themselves."""

import random
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.history.spans import SPANS
from statistics_app.history.steps import Step, bounds
from statistics_app.models import Snapshot
from statistics_app.presentation.headlines import DEFAULT_SPAN, headlines
from statistics_app.presentation.number_format import format_change
from tests.history.conftest import Store, at, every, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

KEYS = ["totalMessages", "totalUsers", "totalRooms", "onlineUsers", "uploadsTotalSize"]
NOW = at(2026, 3, 20, 12, 34)
BERLIN = ZoneInfo("Europe/Berlin")
KATHMANDU = ZoneInfo("Asia/Kathmandu")


def fill(store: Store, days: int, apart: timedelta = timedelta(hours=7)) -> list[Snapshot]:
    """Store snapshots over a number of days, with random and sometimes unknown values."""
    chance = random.Random(days)
    return [
        store(
            moment,
            **{key: None if chance.random() < 0.1 else chance.randrange(5000) for key in KEYS},
            os={"freemem": chance.randrange(10**9), "loadavg": [chance.random(), 1, 2]},
        )
        for moment in every(apart, NOW - timedelta(days=days), NOW)
    ]


# The steps for hourly snapshots, as in the settings of the tests.
STEPS = {"24h": Step.HOUR, "7d": Step.HOUR, "30d": Step.DAY, "90d": Step.DAY, "1y": Step.WEEK}


def by_hand(key: str, snapshot: Snapshot, span: str, zone: ZoneInfo) -> tuple[float | None, datetime | None]:
    """Compute the change of a number, from the value exactly one period earlier to the snapshot, and since when.

    If that is unknown, it is counted from the last value in the first known step.
    """
    latest = snapshot.document.get(key)
    began = Snapshot.objects.filter(created_at__lte=snapshot.created_at - SPANS[span]).order_by("-created_at").first()
    if latest is not None and began and began.document.get(key) is not None:
        return latest - began.document[key], began.created_at
    edges = bounds(snapshot.created_at - SPANS[span], snapshot.created_at, STEPS[span], zone)
    last: dict[int, float] = {}
    for one in Snapshot.objects.filter(created_at__gte=edges[0], created_at__lte=snapshot.created_at).order_by("created_at"):
        if one.document.get(key) is not None:
            # An hour belongs to the step that it begins in.
            hour = one.created_at.replace(minute=0, second=0, microsecond=0)
            last[max(i for i, edge in enumerate(edges) if edge <= max(hour, edges[0]))] = one.document[key]
    steps = sorted(last)
    return (last[steps[-1]] - last[steps[0]], edges[steps[0] + 1]) if len(steps) > 1 else (None, None)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("zone", [BERLIN, ZoneInfo("UTC")])
def test_the_change_matches_the_snapshots(store: Store, span: str, zone: ZoneInfo) -> None:
    stored = fill(store, 60)
    roll_up_gauges()
    for snapshot in (stored[-1], stored[100]):
        for headline in headlines(snapshot, span, zone).numbers:
            difference, since = by_hand(headline.metric.key, snapshot, span, zone)
            assert (headline.line.change, headline.since) == (difference, since), headline.metric.key
            assert headline.change == (format_change(difference, headline.metric.unit) if difference is not None else "")


def test_later_snapshots_do_not_affect_an_older_one(store: Store) -> None:
    for day, value in ((1, 100), (2, 110), (3, 999)):
        store(at(2026, 3, 3 * day), totalMessages=value)
    middle = Snapshot.objects.get(created_at=at(2026, 3, 6))
    store(middle.created_at + timedelta(minutes=20), totalMessages=500)
    roll_up_gauges()
    for span in SPANS:
        result = headlines(middle, span, ZoneInfo("UTC")).numbers[0]
        assert (result.text, result.line.change) in {("110", 10), ("110", None)}
    assert headlines(middle, "30d", ZoneInfo("UTC")).numbers[0].change == "+10"


def test_a_snapshot_not_rolled_up_yet_is_the_end_of_its_lines(store: Store) -> None:
    store(NOW - timedelta(days=3), totalUsers=5)
    roll_up_gauges()
    assert headlines(store(NOW, totalUsers=9), "7d", BERLIN).numbers[1].change == "+4"


def test_a_number_without_a_trend_says_why(store: Store) -> None:
    only = store(NOW, totalUsers=9, onlineUsers=3, totalRooms=None)
    only.problems = {"totalRooms": "The table is gone."}
    shown = {one.metric.key: (one.gap, one.gap_text) for one in headlines(only, "7d", BERLIN).numbers}
    later = "A trend is shown once there is an earlier one in this period."
    assert shown["onlineUsers"] == ("no earlier value", f"Only snapshots have this value. {later}")
    assert shown["totalUsers"] == ("no earlier value", later)
    assert shown["totalRooms"] == ("not known", "The table is gone.")
    store(NOW - timedelta(days=1), onlineUsers=5)
    roll_up_gauges()
    online = headlines(only, "7d", BERLIN).numbers[3]
    assert (online.change, online.gap) == ("−2", "")


def test_the_headlines_have_their_order_and_the_values_of_the_snapshot(store: Store) -> None:
    values = dict(zip(KEYS, (1_234_567, 0, None, 7, 1536), strict=True))
    result = headlines(store(NOW, **values), "7d", BERLIN)
    assert [headline.metric.key for headline in result.numbers] == KEYS
    assert [headline.text for headline in result.numbers] == ["1,234,567", "0", "–", "7", "1.5 KB"]
    assert {headline.change for headline in result.numbers} == {""}
    assert {headline.since for headline in result.numbers} == {None}


def test_the_server_load_has_a_line(store: Store) -> None:
    for days, load, memory in ((2, 0.5, 100), (0, 0.75, 60)):
        store(NOW - timedelta(days=days), os={"loadavg": [load, 9, 9], "freemem": memory})
    roll_up_gauges()
    result = headlines(Snapshot.objects.newest_first()[0], "7d", BERLIN)
    assert result.load.change == 0.25


@pytest.mark.parametrize("span", ["", "2y", "7D", "all", "custom", "x" * 1000, "7d "])
def test_an_unknown_span_is_the_default(store: Store, span: str) -> None:
    stored = fill(store, 9)
    roll_up_gauges()
    assert headlines(stored[-1], span, BERLIN) == headlines(stored[-1], DEFAULT_SPAN, BERLIN)


@pytest.mark.parametrize("span", SPANS)
def test_queries_do_not_grow_with_snapshots(store: Store, django_assert_max_num_queries: Any, span: str) -> None:
    for snapshot in (store(NOW - timedelta(days=70), totalUsers=1), fill(store, 60)[-1]):
        roll_up_gauges()
        with django_assert_max_num_queries(4 + 4):
            headlines(snapshot, span, KATHMANDU)
