"""The other periodic tasks: when each was last done, with what result, and its failures."""

from datetime import timedelta
from typing import Any

import pytest

from statistics_app.models import EventCoverage, FailedTask, TallyAudit
from statistics_app.snapshots.retention import prune_statistics
from statistics_app.snapshots.task_names import AUDIT_TALLIES, PRUNE, ROLL_UP
from statistics_app.snapshots.upkeep import Upkeep, upkeep
from tests.history.conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = at(2026, 3, 20, 12, 30)


def found(task: str) -> Upkeep:
    """Return what is known of a task."""
    return next(one for one in upkeep() if one.task == task)


def test_nothing_is_recorded_at_first() -> None:
    assert [(one.task, one.done_at, one.is_overdue(NOW)) for one in upkeep()] == [
        (ROLL_UP, None, False),
        (AUDIT_TALLIES, None, False),
        (PRUNE, None, False),
    ]


def test_a_roll_up_is_known_by_what_it_covers_and_what_is_left(store: Store) -> None:
    EventCoverage.objects.create(since=at(2026, 1, 1), measured_since=at(2026, 1, 1), until=NOW)
    assert (found(ROLL_UP).done_at, found(ROLL_UP).result) == (NOW, "all snapshots rolled up")
    store(NOW)
    assert found(ROLL_UP).result == "1 snapshot to be rolled up"
    assert not found(ROLL_UP).is_overdue(NOW + timedelta(minutes=10))
    assert found(ROLL_UP).is_overdue(NOW + timedelta(minutes=11))


@pytest.mark.parametrize(
    ("differences", "repaired", "result"),
    [(0, False, "no differences"), (1, True, "1 difference, repaired"), (3, False, "3 differences")],
)
def test_an_audit_is_known_by_its_findings(differences: int, repaired: bool, result: str) -> None:
    TallyAudit.objects.create(began_at=at(2026, 3, 8), took_ms=1)
    TallyAudit.objects.create(began_at=at(2026, 3, 15), took_ms=1, differences=differences, repaired=repaired)
    assert (found(AUDIT_TALLIES).done_at, found(AUDIT_TALLIES).result) == (at(2026, 3, 15), result)


def test_pruning_is_recorded() -> None:
    prune_statistics(NOW)
    assert found(PRUNE).done_at == NOW
    assert not found(PRUNE).is_overdue(NOW + timedelta(days=2))
    assert found(PRUNE).is_overdue(NOW + timedelta(days=2, seconds=1))


def test_failures_are_those_of_the_task(django_assert_num_queries: Any) -> None:
    FailedTask.objects.record(PRUNE, NOW, "OSError: no space")
    FailedTask.objects.record("statistics_app.purge_expired_tokens", NOW, "error")
    with django_assert_num_queries(5):
        by_task = {one.task: one.failed for one in upkeep()}
    assert {task: failed and failed.error for task, failed in by_task.items()} == {
        ROLL_UP: None,
        AUDIT_TALLIES: None,
        PRUNE: "OSError: no space",
    }
