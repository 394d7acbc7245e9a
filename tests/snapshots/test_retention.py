"""Retention: all recent snapshots are kept, one per day before that, and nothing is removed before it is rolled up."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from pytest_django import Settings

from statistics_app.db.locks import exclusive_lock
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.models import FailedSlot, GaugeRollup, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time
from statistics_app.snapshots.retention import LOCK_NAME, Pruned, prune_statistics
from statistics_app.tasks import prune_statistics as task
from tests.history.conftest import Store, at, every, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = at(2026, 6, 1, 12)


def taken() -> list[datetime]:
    return list(Snapshot.objects.order_by("created_at").values_list("created_at", flat=True))


def prune(now: datetime = NOW) -> Pruned:
    pruned = prune_statistics(now)
    assert pruned is not None
    return pruned


def test_old_snapshots_are_removed_except_the_last_of_each_day(store: Store) -> None:
    days = [at(2026, 1, day, hour) for day in (1, 2, 5) for hour in (0, 6, 23)]
    recent = [NOW - timedelta(days=90), NOW - timedelta(days=1)]
    for moment in (*days, *recent):
        store(moment, totalMessages=1)
    pruned = prune()
    assert (pruned.removed, pruned.kept, pruned.before) == (6, 3, NOW - timedelta(days=90))
    assert taken() == [*(moment for moment in days if moment.hour == 23), *recent]
    assert (prune().removed, len(taken())) == (0, 5)


def test_failures_are_removed_with_the_snapshots_of_their_time() -> None:
    edge = NOW - timedelta(days=90)
    for slot in (edge - timedelta(hours=1), edge, NOW):
        FailedSlot.objects.record(slot, slot, "error")
    prune()
    assert sorted(FailedSlot.objects.values_list("slot", flat=True)) == [edge, NOW]


def test_a_day_that_is_partly_old_always_keeps_one(store: Store) -> None:
    for hour in (6, 9, 15, 18):
        store(at(2026, 3, 3, hour), totalMessages=1)
    for hours, left in ((0, [9, 15, 18]), (4, [15, 18]), (24, [18])):
        prune(at(2026, 6, 1, 12) + timedelta(hours=hours))
        assert [moment.hour for moment in taken()] == left


def test_of_a_day_with_an_imported_snapshot_as_well_our_own_is_kept(store: Store) -> None:
    own = store(at(2026, 1, 1, 6), totalMessages=1)
    imported = row(at(2026, 1, 1, 23), 5)
    imported.number, imported.origin = None, Origin.IMPORT
    imported.save()
    assert prune().removed == 1
    assert Snapshot.objects.get() == own


def test_the_retention_period_is_a_setting(store: Store, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "KEEP_SNAPSHOTS_DAYS": 7}
    for moment in every(timedelta(hours=6), NOW - timedelta(days=20), NOW):
        store(moment, totalMessages=1)
    prune()
    assert set(Counter(moment.date() for moment in taken() if moment < NOW - timedelta(days=7)).values()) == {1}
    assert len([moment for moment in taken() if moment >= NOW - timedelta(days=7)]) == 28


def test_snapshots_are_rolled_up_before_they_are_removed(store: Store) -> None:
    for hour in range(24):
        store(at(2026, 1, 1, hour), totalMessages=hour)
    assert prune().removed == 23
    hours = GaugeRollup.objects.filter(key="totalMessages").order_by("hour")
    assert list(hours.values_list("last", flat=True)) == list(range(24))


def test_the_command_prints_what_it_did(store: Store) -> None:
    for hour in range(3):
        store(at(2020, 1, 1, hour), totalMessages=hour)
    out = StringIO()
    call_command("prune_statistics", stdout=out)
    assert out.getvalue().startswith("2 snapshots from before ")
    assert "1 older snapshots are kept, one per day." in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_concurrent_run_does_nothing(store: Store) -> None:
    store(at(2020, 1, 1), totalMessages=1)
    store(at(2020, 1, 1, 1), totalMessages=1)
    with exclusive_lock(LOCK_NAME):
        assert elsewhere(lambda: prune_statistics(NOW)) is None
        assert elsewhere(task) == 0
    assert len(taken()) == 2
    assert prune().removed == 1


def test_over_three_years_everything_is_rolled_up_and_the_numbers_stay_within_the_limits(settings: Settings) -> None:
    """A snapshot is taken every six hours, and old ones are removed every ten days."""
    begin, step = at(2023, 1, 1), timedelta(hours=6)
    moments = every(step, begin, begin + timedelta(days=3 * 365))
    for first in range(0, len(moments), 40):
        part = moments[first : first + 40]
        Snapshot.objects.bulk_create(row(moment, first + i) for i, moment in enumerate(part))
        now = part[-1] + step
        prune(now)
        old = Snapshot.objects.taken_before(now - timedelta(days=90)).count()
        assert old <= max(0, (now - timedelta(days=90) - begin).days + 1)
        assert Snapshot.objects.count() - old <= 90 * 4
        assert not Snapshot.objects.not_rolled_up().exists()
    hours = GaugeRollup.objects.filter(key="totalMessages").order_by("hour")
    assert list(hours.values_list("last", flat=True)) == list(range(len(moments)))
    assert set(hours.values_list("count", flat=True)) == {1}
    assert roll_up_gauges() == 0


def elsewhere(operation: Callable[[], Any]) -> Any:
    """Return the result of an operation in another thread, on its own connection."""
    results: list[Any] = []

    def run() -> None:
        results.append(operation())
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    [result] = results
    return result


def row(moment: datetime, number: int) -> Snapshot:
    key = make_id()
    document = {"_id": key, "createdAt": wire_time(moment), "totalMessages": number}
    return Snapshot(
        id=key, number=number, created_at=moment, origin=Origin.SCHEDULE, took_ms=1, host="h", body=Snapshot.body_of(document)
    )
