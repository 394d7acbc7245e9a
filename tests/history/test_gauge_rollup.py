"""Rollup of snapshots by hour: each snapshot counts once, in any order and after any repetition."""

import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from statistics_app.db.locks import try_exclusive_lock
from statistics_app.history.gauge_rollup import LOCK_NAME, roll_up_gauges
from statistics_app.history.metrics import GAUGES
from statistics_app.history.rebuild import rebuild_rollups
from statistics_app.models import GaugeRollup, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.sources.base import ChatSource

from .conftest import Store, at, every

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

Row = tuple[float, float, float, float, int]


def rolled_up(key: str = "totalMessages") -> dict[str, Row]:
    rows = GaugeRollup.objects.filter(key=key).order_by("hour")
    return {f"{row.hour:%d %H}": (row.least, row.greatest, row.last, row.total, row.count) for row in rows}


def test_an_hour_has_its_minimum_maximum_last_value_sum_and_count(store: Store) -> None:
    for minute, value in ((0, 5), (20, 9), (40, 2), (59, 3)):
        store(at(2026, 3, 2, 12, minute), totalMessages=value)
    store(at(2026, 3, 2, 13), totalMessages=10)
    assert roll_up_gauges() == 5
    assert rolled_up() == {"02 12": (2, 9, 3, 19, 4), "02 13": (10, 10, 10, 10, 1)}


def test_later_snapshots_are_added_and_older_ones_do_not_become_the_last(store: Store) -> None:
    store(at(2026, 3, 2, 12, 30), totalMessages=5)
    assert roll_up_gauges() == 1
    store(at(2026, 3, 2, 12, 10), totalMessages=7)
    assert roll_up_gauges() == 1
    assert rolled_up() == {"02 12": (5, 7, 5, 12, 2)}
    assert roll_up_gauges() == 0
    assert rolled_up() == {"02 12": (5, 7, 5, 12, 2)}


def imported(store: Store, moment: datetime, value: int) -> None:
    snapshot = store(moment, totalMessages=value)
    Snapshot.objects.filter(pk=snapshot.pk).update(number=None, origin=Origin.IMPORT)


@pytest.mark.parametrize("is_taken_first", [False, True])
def test_in_an_hour_with_a_taken_snapshot_imported_ones_do_not_count(store: Store, is_taken_first: bool) -> None:
    store(at(2026, 3, 2, 12, 30), totalMessages=5)
    if is_taken_first:
        assert roll_up_gauges() == 1
    for minute in (10, 30, 50):
        imported(store, at(2026, 3, 2, 12, minute), 9000)
        imported(store, at(2026, 3, 2, 13, minute), 9000)
    roll_up_gauges()
    expected = {"02 12": (5, 5, 5, 5, 1), "02 13": (9000, 9000, 9000, 27000, 3)}
    assert rolled_up() == expected
    assert not Snapshot.objects.not_rolled_up().exists()
    rebuild_rollups(ChatSource(at(2026, 3, 3)), at(2026, 3, 3))
    assert rolled_up() == expected


def test_unknown_values_are_omitted_and_never_0(store: Store) -> None:
    store(at(2026, 3, 2, 12), totalMessages=None, totalUsers=3, onlineUsers=0)
    roll_up_gauges()
    assert set(GaugeRollup.objects.values_list("key", flat=True)) == {"totalUsers", "onlineUsers"}


def test_numbers_within_objects_are_rolled_up_too(store: Store) -> None:
    store(at(2026, 3, 2, 12), os={"freemem": 12345, "loadavg": [0.5, 1, 2]}, teams={"totalTeams": 3}, process="odd")
    roll_up_gauges()
    assert dict(GaugeRollup.objects.values_list("key", "last")) == {
        "os.freemem": 12345,
        "os.loadavg.0": 0.5,
        "os.loadavg.1": 1,
        "os.loadavg.2": 2,
        "teams.totalTeams": 3,
    }


@pytest.mark.django_db(transaction=True)
def test_taking_a_snapshot_rolls_it_up_immediately() -> None:
    taken = generation.generate(Origin.COMMAND)
    rows = GaugeRollup.objects.filter(hour=taken.created_at.replace(minute=0, second=0, microsecond=0))
    assert dict(rows.values_list("key", "last")) == {
        metric.key: value for metric in GAUGES if (value := metric.value_in(taken.document)) is not None
    }
    assert not Snapshot.objects.not_rolled_up().exists()


def test_any_order_in_any_batches_gives_the_expected_rollups(store: Store) -> None:
    chance = random.Random(5)
    moments = every(timedelta(minutes=7), at(2026, 3, 2), at(2026, 3, 4))
    values = [chance.randrange(100) for _ in moments]
    expected: dict[str, list[int]] = defaultdict(list)
    for moment, value in zip(moments, values, strict=True):
        expected[f"{moment:%d %H}"].append(value)
    pairs = list(zip(moments, values, strict=True))
    chance.shuffle(pairs)
    for moment, value in pairs:
        store(moment, totalMessages=value)
        if chance.random() < 0.1:
            roll_up_gauges()
    roll_up_gauges()
    assert rolled_up() == {hour: (min(v), max(v), v[-1], sum(v), len(v)) for hour, v in expected.items()}


def test_rebuilding_gives_the_same_and_keeps_rollups_of_deleted_snapshots(store: Store) -> None:
    now = timezone.now().replace(minute=30, second=0, microsecond=0)
    for moment in every(timedelta(minutes=20), now - timedelta(days=3), now):
        store(moment, totalMessages=moment.minute)
    old = store(now - timedelta(days=400), totalMessages=77)
    roll_up_gauges()
    before = rolled_up()
    old.delete()
    GaugeRollup.objects.filter(hour__gte=now - timedelta(days=2)).update(last=1, total=99)
    rebuilt = rebuild_rollups(ChatSource(now), now)
    assert rebuilt.days >= 90
    assert rolled_up() == before
    assert 77 in {row[0] for row in rolled_up().values()}


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_releases_the_lock_after_each_day(store: Store) -> None:
    now = at(2026, 3, 12)
    for day in range(1, 4):
        store(now - timedelta(days=day), totalMessages=day)
    lock_was_free = []

    def try_lock(done: int, days: int) -> None:
        with try_exclusive_lock(LOCK_NAME) as acquired:
            lock_was_free.append(acquired)

    rebuild_rollups(ChatSource(now), now, since=now - timedelta(days=3), progress=try_lock)
    assert len(lock_was_free) >= 3
    assert all(lock_was_free)
