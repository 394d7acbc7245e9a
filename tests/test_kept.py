"""What a process keeps for a moment: for how long, and how much."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings

from statistics_app.kept import Kept, _distrust, trust_seconds
from statistics_app.models import Snapshot


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, which a test sets."""
    clock = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    return clock


pytestmark = pytest.mark.django_db


def trust(settings: Settings, seconds: float) -> None:
    """Set for how long values are kept."""
    settings.STATISTICS = {**settings.STATISTICS, "TRUST_SECONDS": seconds}


def test_a_value_is_as_old_as_the_question_and_not_as_the_answer(settings: Settings, now: list[float]) -> None:
    trust(settings, 1)
    kept: Kept[str, int] = Kept(Snapshot, 10)

    def ask_slowly() -> int:
        now[0] += 0.5
        return 1

    assert kept.get("one", ask_slowly) == 1
    now[0] += 0.49
    assert kept.get("one", lambda: 2) == 1
    now[0] += 0.01
    assert kept.get("one", lambda: 2) == 2


def test_nothing_is_kept_for_no_time(settings: Settings, now: list[float]) -> None:
    trust(settings, 0)
    kept: Kept[str, int] = Kept(Snapshot, 10)
    assert [kept.get("one", lambda number=number: number) for number in (1, 2)] == [1, 2]  # type: ignore[misc]


def test_none_is_not_kept(settings: Settings, now: list[float]) -> None:
    trust(settings, 1)
    kept: Kept[str, int] = Kept(Snapshot, 10)
    assert kept.get("one", lambda: None) is None
    assert kept.get("one", lambda: 1) == 1


def test_the_number_of_values_is_bounded_and_the_oldest_goes_first(settings: Settings, now: list[float]) -> None:
    trust(settings, 1)
    kept: Kept[int, int] = Kept(Snapshot, 3)
    for number in (1, 2, 3, 4):
        kept.get(number, lambda number=number: number)  # type: ignore[misc]
    assert [kept.get(number, lambda: 0) for number in (2, 3, 4)] == [2, 3, 4]
    assert kept.get(1, lambda: 0) == 0


@pytest.mark.parametrize("fails", [False, True])
def test_threads_that_want_the_same_wait_for_one_question(settings: Settings, fails: bool) -> None:
    trust(settings, 1)
    kept: Kept[str, int] = Kept(Snapshot, 10)
    begun, may_end = Event(), Event()
    asked = []

    def ask() -> int:
        asked.append(1)
        begun.set()
        assert may_end.wait(30)
        if fails and len(asked) == 1:
            raise RuntimeError("once")
        return 7

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(kept.get, "one", ask)
        assert begun.wait(30)
        others = [pool.submit(kept.get, "one", ask) for _ in range(7)]
        may_end.set()
        assert [other.result() for other in others] == [7] * 7
        if fails:
            with pytest.raises(RuntimeError):
                first.result()
        else:
            assert (first.result(), len(asked)) == (7, 1)
    assert kept._asking == {}


def test_each_tenant_has_values_of_its_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(settings, 1)
    kept: Kept[str, str] = Kept(Snapshot, 10)
    for tenant, expected in (("acme", "acme"), ("umbrella", "umbrella"), ("acme", "acme")):
        monkeypatch.setattr(connections["default"], "schema_name", tenant, raising=False)
        assert kept.get("one", lambda tenant=tenant: f"{tenant}") == expected  # type: ignore[misc]


@pytest.mark.any_database
@pytest.mark.only_postgresql
def test_nothing_is_kept_once_a_session_has_chosen_its_schema(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    trust(settings, 1)
    kept: Kept[str, int] = Kept(Snapshot, 10)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL search_path = public")
            assert [kept.get("one", lambda number=number: number) for number in (1, 2, 3)] == [1, 2, 3]  # type: ignore[misc]
        assert trust_seconds() == 0
        assert kept.get("one", lambda: 4) == 4
        assert [record.levelname for record in caplog.records if "TRUST_SECONDS" in record.message] == ["WARNING"]
    finally:
        _distrust.clear()
