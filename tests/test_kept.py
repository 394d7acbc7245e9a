"""What a process keeps for a moment: for how long, and how much."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from statistics_app.kept import Kept


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The monotonic clock, which a test sets."""
    clock = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    return clock


def trust(settings: Settings, seconds: float) -> None:
    """Set for how long values are kept."""
    settings.STATISTICS = {**settings.STATISTICS, "TRUST_SECONDS": seconds}


def test_a_value_is_as_old_as_the_question_and_not_as_the_answer(settings: Settings, now: list[float]) -> None:
    trust(settings, 1)
    kept: Kept[str, int] = Kept(10)
    kept.put("one", 1, asked_at=999.5)
    assert kept.get("one") == 1
    now[0] = 1000.49
    assert kept.get("one") == 1
    now[0] = 1000.5
    assert kept.get("one") is None


def test_nothing_is_kept_for_no_time(settings: Settings, now: list[float]) -> None:
    trust(settings, 0)
    kept: Kept[str, int] = Kept(10)
    kept.put("one", 1, asked_at=now[0])
    assert kept.get("one") is None


def test_the_number_of_values_is_bounded_and_the_oldest_goes_first(settings: Settings, now: list[float]) -> None:
    trust(settings, 1)
    kept: Kept[int, int] = Kept(3)
    for number in (1, 2, 3, 1, 4):
        kept.put(number, number, asked_at=now[0])
    assert [kept.get(number) for number in (1, 2, 3, 4)] == [1, None, 3, 4]
