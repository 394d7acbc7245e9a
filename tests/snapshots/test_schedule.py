"""The schedule of slots."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from statistics_app.snapshots.schedule import EverySlot, beat_schedule
from statistics_app.snapshots.slots import retry_seconds

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last_run", "is_due"),
    [
        (TEN - timedelta(seconds=1), True),
        (TEN - timedelta(days=40), True),
        (TEN, False),
        (TEN + timedelta(minutes=5), False),
    ],
)
def test_a_slot_is_due_if_it_has_begun_since_the_last_run(last_run: datetime, is_due: bool) -> None:
    with time_machine.travel(TEN + timedelta(minutes=10), tick=False):
        due = EverySlot().is_due(last_run)
    assert due.is_due is is_due
    assert due.next == 50 * 60


def test_the_next_check_is_never_immediate() -> None:
    with time_machine.travel(TEN + timedelta(minutes=59, seconds=59, microseconds=999_999), tick=False):
        assert 0 < EverySlot().is_due(TEN).next <= 0.001


def test_the_interval_is_a_setting(settings) -> None:
    settings.STATISTICS = {"INTERVAL": 900}
    entry = beat_schedule()["generate-statistics"]
    assert entry["schedule"].run_every == timedelta(minutes=15)
    assert entry["options"]["expires"] == 900


def test_beat_can_store_the_schedule_in_its_file() -> None:
    schedule = EverySlot()
    loaded = pickle.loads(pickle.dumps(schedule))
    assert isinstance(loaded, EverySlot)
    assert loaded == schedule


def test_after_a_failure_a_slot_is_tried_again_later_each_time_while_it_lasts() -> None:
    tries = [retry_seconds(failures, TEN) for failures in range(1, 8)]
    assert tries == [10, 20, 40, 80, 160, 300, 300]
    assert retry_seconds(2000, TEN) == 300
    assert retry_seconds(1, TEN + timedelta(minutes=59, seconds=49)) == 10
    assert retry_seconds(1, TEN + timedelta(minutes=59, seconds=50)) is None


def test_a_slot_is_not_tried_again_before_the_time_that_an_error_asks_for() -> None:
    assert [retry_seconds(failures, TEN, 60) for failures in range(1, 6)] == [60, 60, 60, 80, 160]
    assert retry_seconds(1, TEN, 3600) is None


def test_up_to_a_quarter_of_the_time_is_left_to_chance() -> None:
    assert [retry_seconds(1, TEN, chance=chance) for chance in (0, 0.5, 1)] == [10, 11.25, 12.5]


def test_a_short_slot_is_tried_again_ten_times(settings) -> None:
    settings.STATISTICS = {"INTERVAL": 10}
    assert {retry_seconds(failures, TEN) for failures in range(1, 8)} == {1}
