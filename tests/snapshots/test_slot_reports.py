"""What became of the last slots: every state, the next due snapshot, and how many queries it takes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from statistics_app.models import FailedSlot, Installation, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots.slot_reports import SLOTS, SlotReport, SlotState, next_due, slot_reports
from tests.history.conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = at(2026, 3, 20, 12, 30)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def installed() -> None:
    """An installation of long ago, with a snapshot each hour."""
    Installation.objects.the_one()
    Installation.objects.update(installed_at=NOW - timedelta(days=365))


def scheduled(store: Store, slot: datetime, delay: timedelta = timedelta(), origin: Origin = Origin.SCHEDULE) -> Snapshot:
    """Store the snapshot of a slot, taken some time after its beginning."""
    snapshot = store(slot + delay)
    Snapshot.objects.filter(pk=snapshot.pk).update(slot=slot, origin=origin)
    return snapshot


def without_slot(store: Store, moment: datetime, origin: Origin) -> Snapshot:
    """Store a snapshot that belongs to no slot."""
    snapshot = store(moment)
    Snapshot.objects.filter(pk=snapshot.pk).update(origin=origin)
    return snapshot


def reports(now: datetime = NOW) -> dict[int, SlotReport]:
    """Return the reports by the number of hours ago."""
    return dict(enumerate(reversed(slot_reports(now))))


def test_the_last_slots_are_reported_oldest_first_up_to_the_present_one() -> None:
    found = slot_reports(NOW)
    assert [report.began for report in found] == [at(2026, 3, 20, 12) - HOUR * ago for ago in range(SLOTS)][::-1]
    assert [report.state for report in found] == [*[SlotState.MISSED] * 47, SlotState.DUE]


@pytest.mark.parametrize(
    ("delay", "state"),
    [(timedelta(seconds=3), SlotState.TAKEN), (6 * MINUTE, SlotState.TAKEN), (6.1 * MINUTE, SlotState.LATE)],
)
def test_a_snapshot_is_late_by_more_than_a_tenth_of_the_interval(store: Store, delay: timedelta, state: SlotState) -> None:
    snapshot = scheduled(store, at(2026, 3, 20, 10), delay)
    report = reports()[2]
    assert (report.state, report.snapshot, report.delay) == (state, snapshot, delay)


def test_snapshots_by_command_belong_to_the_slot_that_they_were_taken_in(store: Store) -> None:
    early, _ = (without_slot(store, at(2026, 3, 20, 10, minute), Origin.COMMAND) for minute in (1, 40))
    late = without_slot(store, at(2026, 3, 20, 9, 40), Origin.COMMAND)
    found = reports()
    assert (found[2].state, found[2].snapshot) == (SlotState.TAKEN, early)
    assert (found[3].state, found[3].snapshot) == (SlotState.LATE, late)


def test_what_a_reader_refreshed_is_no_snapshot_by_schedule(store: Store) -> None:
    refreshed = without_slot(store, at(2026, 3, 20, 10, 1), Origin.REFRESH)
    report = reports()[2]
    assert (report.state, report.snapshot, report.refreshed) == (SlotState.MISSED, None, refreshed)
    snapshot = scheduled(store, at(2026, 3, 20, 10), 2 * MINUTE)
    assert (reports()[2].state, reports()[2].snapshot) == (SlotState.TAKEN, snapshot)


def test_failed_attempts_are_the_reason_unless_one_succeeded(store: Store) -> None:
    failed, recovered, present = at(2026, 3, 20, 10), at(2026, 3, 20, 11), at(2026, 3, 20, 12)
    for slot in (failed, failed, recovered, present):
        FailedSlot.objects.record(slot, slot + MINUTE, "OSError: no\nspace")
    scheduled(store, recovered, 20 * MINUTE)
    found = reports()
    assert [found[ago].state for ago in (2, 1, 0)] == [SlotState.FAILED, SlotState.LATE, SlotState.FAILED]
    assert found[2].failed
    assert (found[2].failed.failures, found[2].failed.error) == (2, "OSError: no space")


def test_slots_before_the_installation_or_the_first_snapshot_are_left_out(store: Store) -> None:
    Installation.objects.update(installed_at=at(2026, 3, 20, 9, 59))
    assert list(reports()) == [0, 1, 2, 3]
    scheduled(store, at(2026, 3, 20, 6))
    assert [report.state for report in reports().values()].count(SlotState.MISSED) == 5
    Installation.objects.all().delete()
    Snapshot.objects.all().delete()
    assert list(reports()) == [0]


def test_what_retention_may_have_removed_is_not_missed(store: Store, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": 12 * 3600, "KEEP_SNAPSHOTS_DAYS": 7}
    states = [report.state for report in reports().values()]
    assert states == [SlotState.DUE, *[SlotState.MISSED] * 13, *[SlotState.REMOVED] * 34]


def test_slots_of_another_interval_are_found(store: Store, settings: Settings) -> None:
    scheduled(store, at(2026, 3, 20, 10))
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": 2 * 3600}
    assert reports()[1].state is SlotState.TAKEN


def test_the_next_snapshot_is_due_now_or_at_the_next_slot(store: Store) -> None:
    assert next_due(slot_reports(NOW), NOW) == at(2026, 3, 20, 12)
    scheduled(store, at(2026, 3, 20, 12))
    assert next_due(slot_reports(NOW), NOW) == at(2026, 3, 20, 13)


def test_imported_snapshots_are_ignored(store: Store) -> None:
    snapshot = store(at(2026, 3, 20, 10))
    Snapshot.objects.filter(pk=snapshot.pk).update(number=None, origin=Origin.IMPORT)
    assert reports()[2].state is SlotState.MISSED


def test_the_number_of_queries_is_constant(store: Store, django_assert_num_queries: Any) -> None:
    for ago in range(60):
        slot = at(2026, 3, 20, 12) - HOUR * ago
        scheduled(store, slot)
        without_slot(store, slot + MINUTE, Origin.REFRESH)
        FailedSlot.objects.record(slot, slot, "error")
    with django_assert_num_queries(4):
        assert {report.state for report in slot_reports(NOW)} == {SlotState.TAKEN}
