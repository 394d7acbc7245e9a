"""Counts that processes add to shared counters a few at a time: how far they can be wrong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from statistics_app.accounts import throttle_counters
from statistics_app.accounts.batched_counts import BatchedCounts

EXPIRY = 60


@pytest.fixture(autouse=True)
def trusting(settings: Settings) -> None:
    """Let processes count by themselves for a second."""
    settings.STATISTICS = {**settings.STATISTICS, "TRUST_SECONDS": 1}


@pytest.mark.parametrize("limit", [1, 2, 31, 32, 33, 64, 600])
def test_one_process_counts_exactly(limit: int) -> None:
    counts = BatchedCounts()
    assert [counts.add(f"exact-{limit}", limit, EXPIRY) for _ in range(limit + 40)] == list(range(1, limit + 41))


def test_most_requests_need_no_trip_to_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    trips = []
    increment = throttle_counters.increment

    def counted(key: str, seconds: int, by: int) -> int:
        trips.append(by)
        return increment(key, seconds, by)

    monkeypatch.setattr(throttle_counters, "increment", counted)
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    counts = BatchedCounts()
    for _ in range(1000):
        counts.add("trips", 10_000, EXPIRY)
    assert len(trips) < 10
    assert trips[0] == 1


def test_near_the_limit_every_request_is_counted_by_all() -> None:
    one, other = BatchedCounts(), BatchedCounts()
    for _ in range(600):
        one.add("near", 600, EXPIRY)
    assert other.add("near", 600, EXPIRY) == 601


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 200), st.integers(1, 32), st.randoms(use_true_random=False))
def test_all_processes_together_let_through_at_most_twice_the_limit(limit: int, number: int, chance: object) -> None:
    processes = [BatchedCounts() for _ in range(number)]
    throttle_counters.delete("together")
    chosen = [chance.choice(processes) for _ in range(4 * limit + 40)]  # type: ignore[attr-defined]
    passed = sum(process.add("together", limit, EXPIRY) <= limit for process in chosen)
    assert limit <= passed <= 2 * limit


def test_the_number_of_counts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statistics_app.accounts.batched_counts.MOST_KEPT", 5)
    counts = BatchedCounts()
    for number in range(20):
        counts.add(f"bounded-{number}", 100, EXPIRY)
    assert len(counts._counts) == 5


@pytest.mark.usefixtures("db")
def test_without_trust_every_request_is_counted_by_all(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "TRUST_SECONDS": 0}
    one, other = BatchedCounts(), BatchedCounts()
    assert [counts.add("strict", 600, EXPIRY) for counts in (one, other, one, other)] == [1, 2, 3, 4]


def test_what_is_counted_exactly_is_exact_over_processes_and_costs_nothing_beyond_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = BatchedCounts(), BatchedCounts()
    numbers = [counts.add("exact", 100, EXPIRY, exactly=True) for _ in range(50) for counts in (one, other)]
    assert numbers == list(range(1, 101))
    assert one.add("exact", 100, EXPIRY, exactly=True) == 101
    monkeypatch.setattr(throttle_counters, "increment", lambda *_: pytest.fail("a trip to the cache"))
    assert one.add("exact", 100, EXPIRY, exactly=True) == 102
