"""Taking snapshots: once per slot, shared by all waiting callers, and complete except for the questions that fail."""

import json
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections

from statistics_app.db.locks import exclusive_lock
from statistics_app.models import FailedSlot, Installation, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.snapshots.slots import slot_of
from statsproject.chat.models import Message, Team
from statsproject.chat.statistics_source import WorkspaceSource
from tests.factories import make_messages, make_room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HERE = "tests.snapshots.test_generation"


class BrokenSource(WorkspaceSource):
    """A source with two questions that fail, one answer of the wrong type, and one that cannot be written as JSON."""

    def users(self) -> list:
        return list(Message.objects.raw("SELECT no_such_column FROM chat_message"))

    def threads(self) -> int:
        raise RuntimeError("a secret of the host's")

    def rooms(self) -> str:  # type: ignore[override]
        return "many"

    def pinned(self) -> object:  # type: ignore[override]
        return object()


class TeamSource(WorkspaceSource):
    """A source with teams, which does not know which of their rooms new members join."""

    room_table = replace(WorkspaceSource.room_table, team_default=None)


class FailingSource(WorkspaceSource):
    """A source whose constructor fails."""

    def __init__(self, at: datetime) -> None:
        raise RuntimeError("There is\nno chat.")


class TableRemovingSource(WorkspaceSource):
    """A source whose constructor fails after renaming the table in which failures are recorded."""

    def __init__(self, at: datetime) -> None:
        rename("statistics_app_installation", "gone")
        raise RuntimeError("There is no chat.")


class SlowSource(WorkspaceSource):
    """A slow source that records when it is asked."""

    calls: list[float] = []

    def pinned(self) -> int:
        self.calls.append(time.monotonic())
        time.sleep(0.4)
        return super().pinned()


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


@pytest.fixture
def slow_source(settings):
    SlowSource.calls.clear()
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{HERE}.SlowSource"}
    return SlowSource


def in_threads(number: int, operation) -> list:
    def work(_):
        try:
            return operation()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(work, range(number)))


def test_a_snapshot_contains_the_counts() -> None:
    make_messages(make_room("p"), 7)
    snapshot = generation.generate(Origin.COMMAND)
    assert snapshot.document["totalMessages"] == snapshot.document["totalPrivateGroupMessages"] == 7
    assert snapshot.total_messages == 7
    assert snapshot.problems == {}
    assert Snapshot.objects.get() == snapshot


def test_the_numbers_of_rooms_with_pins_and_in_teams_are_those_of_the_rows() -> None:
    team = Team.objects.create()
    make_messages(make_room(team=team, is_team_default=True), 3, is_pinned=True)
    make_messages(make_room("p", team=team), 2)
    make_messages(make_room("x"), 1, is_pinned=True)
    document = generation.generate(Origin.COMMAND).document
    assert (document["totalPinned"], document["totalRoomsWithPinned"], document["roomsInsideTeams"]) == (3, 1, 2)
    assert document["teams"] == {"totalTeams": 1, "totalRoomsInsideTeams": 2, "totalDefaultRoomsInsideTeams": 1}


def test_a_part_with_a_question_of_its_own_is_null_alone(settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{HERE}.TeamSource"}
    make_room(team=Team.objects.create())
    snapshot = generation.generate(Origin.COMMAND)
    assert snapshot.document["teams"] == {"totalTeams": 1, "totalRoomsInsideTeams": 1, "totalDefaultRoomsInsideTeams": None}
    assert snapshot.problems == {"teams": "This workspace's source provides no data about default rooms of teams."}


def test_failing_questions_make_only_their_own_keys_unknown(settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{HERE}.BrokenSource"}
    make_messages(make_room(), 3)
    snapshot = generation.generate(Origin.COMMAND)
    unknown = {key for key, value in snapshot.document.items() if value is None and not key.startswith("last")}
    assert unknown == set(snapshot.problems)
    assert unknown == {
        *("totalUsers", "activeUsers", "nonActiveUsers", "onlineUsers", "awayUsers", "busyUsers", "offlineUsers"),
        *("totalConnectedUsers", "appUsers", "botUsers", "activeGuests"),
        *("totalRooms", "totalChannels", "totalPrivateGroups", "totalDirect", "totlalLivechat", "totalLivechat"),
        *("totalThreads", "totalPinned"),
    }
    assert snapshot.document["totalMessages"] == 3
    assert "secret" not in json.dumps(snapshot.problems)


def test_a_hanging_probe_makes_only_its_own_key_unknown(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr("psutil.virtual_memory", lambda: released.wait(600))
    settings.STATISTICS = {**settings.STATISTICS, "PROBE_SECONDS": 0.2}
    try:
        snapshot = generation.generate(Origin.COMMAND)
    finally:
        released.set()
    assert set(snapshot.problems) == {"os"}
    assert snapshot.document["os"] is None
    assert snapshot.document["process"]["pid"] > 0


def test_a_failing_probe_makes_only_its_own_key_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("no /proc here")

    monkeypatch.setattr("psutil.cpu_times", lambda percpu: fail())
    assert set(generation.generate(Origin.COMMAND).problems) == {"os"}


def test_a_slot_is_taken_once() -> None:
    first = generation.generate_for_slot(TEN + timedelta(minutes=1))
    assert first is not None
    assert first.slot == TEN
    assert generation.generate_for_slot(TEN + timedelta(minutes=59)) is None
    assert generation.generate_for_slot(TEN + timedelta(minutes=60)) is not None
    assert Snapshot.objects.count() == 2


def test_concurrent_schedulers_take_a_slot_once(slow_source) -> None:
    taken = in_threads(4, lambda: generation.generate_for_slot(TEN))
    assert len([snapshot for snapshot in taken if snapshot]) == 1
    assert len(slow_source.calls) == 1


def test_a_snapshot_that_waited_into_the_next_slot_is_that_of_the_next_slot(settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": 1}
    now = datetime.now(tz=UTC)
    with ThreadPoolExecutor(1) as pool:
        with exclusive_lock(generation.LOCK_NAME):
            waiting = pool.submit(in_threads, 1, lambda: generation.generate_for_slot(now))
            while datetime.now(tz=UTC) < now + timedelta(seconds=2):
                time.sleep(0.05)
        [taken] = waiting.result()
    assert taken.slot > generation.slot_of(now)
    assert taken.slot <= taken.created_at


@pytest.mark.parametrize("interval", [1, 60, 900, 3600, 86_400, 7])
def test_slots_are_counted_from_1970(settings, interval: int) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": interval}
    slot = generation.slot_of(TEN + timedelta(seconds=5, microseconds=3))
    assert slot.timestamp() % interval == 0
    assert timedelta(0) <= TEN + timedelta(seconds=5, microseconds=3) - slot < timedelta(seconds=interval)


def test_at_start_a_snapshot_is_taken_if_the_newest_is_older_than_the_interval() -> None:
    now = datetime.now(tz=UTC)
    first = generation.generate_at_start(now)
    assert first is not None
    assert first.origin == Origin.START
    assert generation.generate_at_start(now + timedelta(minutes=59)) is None
    assert generation.generate_at_start(now + timedelta(minutes=61)) is not None


def test_a_start_and_the_schedule_share_the_slot() -> None:
    now = datetime.now(tz=UTC)
    assert generation.generate_at_start(now) is not None
    assert generation.generate_for_slot(now) is None


def test_fifty_concurrent_refreshes_take_at_most_two_snapshots(slow_source) -> None:
    taken = in_threads(50, generation.refresh)
    assert 1 <= Snapshot.objects.count() <= 2
    assert len(slow_source.calls) == Snapshot.objects.count()
    assert {snapshot.pk for snapshot in taken} <= set(Snapshot.objects.values_list("pk", flat=True))


def test_a_refresh_during_another_one_waits_for_the_next_snapshot(slow_source) -> None:
    first: list[Snapshot] = []
    room = make_room()

    def take_first() -> None:
        try:
            first.append(generation.refresh())
        finally:
            connections.close_all()

    thread = threading.Thread(target=take_first)
    thread.start()
    while not slow_source.calls:
        time.sleep(0.01)
    make_messages(room, 5)
    second = generation.refresh()
    thread.join()
    assert first[0].total_messages == 0
    assert second.total_messages == 5
    assert second.pk != first[0].pk


def test_a_refresh_shares_what_the_schedule_took_meanwhile() -> None:
    begun = Installation.objects.generations_begun()
    scheduled = generation.generate_for_slot(TEN)
    assert Snapshot.objects.begun_after(begun).latest_taken() == scheduled


def test_the_first_concurrent_requests_share_one_snapshot(slow_source) -> None:
    taken = in_threads(10, generation.latest)
    assert len({snapshot.pk for snapshot in taken}) == 1
    assert Snapshot.objects.count() == 1


def test_numbers_are_consecutive_and_unique() -> None:
    in_threads(4, lambda: generation.generate(Origin.COMMAND))
    assert sorted(Snapshot.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: generation.generate(Origin.COMMAND),
        lambda: generation.generate_for_slot(TEN),
        lambda: generation.generate_at_start(TEN),
        generation.refresh,
        generation.latest,
    ],
    ids=["by command", "scheduled", "at start", "refreshed", "the first"],
)
def test_the_error_of_an_attempt_is_recorded_in_one_line_and_raised(settings, attempt) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{HERE}.FailingSource"}
    before = datetime.now(tz=UTC)
    with pytest.raises(RuntimeError, match=r"There is\nno chat\."):
        attempt()
    assert Installation.objects.failure_after(before) == "RuntimeError: There is no chat."
    assert [(one.slot, one.failures, one.error) for one in FailedSlot.objects.all()] == [
        (slot_of(FailedSlot.objects.get().failed_at), 1, "RuntimeError: There is no chat.")
    ]
    assert Installation.objects.failure_after(datetime.now(tz=UTC)) == ""


def test_an_error_is_raised_even_if_it_cannot_be_recorded(settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{HERE}.TableRemovingSource"}
    before = datetime.now(tz=UTC)
    try:
        with pytest.raises(RuntimeError, match=r"There is no chat\."):
            generation.generate(Origin.COMMAND)
    finally:
        rename("gone", "statistics_app_installation")
    assert Installation.objects.failure_after(before) == ""


@pytest.mark.only_sqlite
def test_a_lock_file_that_cannot_be_opened_is_recorded() -> None:
    lock_file = Path(f"{connection.settings_dict['NAME']}.generate.lock")
    lock_file.unlink(missing_ok=True)
    lock_file.mkdir()
    before = datetime.now(tz=UTC)
    try:
        with pytest.raises(OSError):  # noqa: PT011 - which error it is depends on the system
            generation.generate(Origin.COMMAND)
    finally:
        lock_file.rmdir()
    assert lock_file.name in Installation.objects.failure_after(before)


@contextmanager
def held_by_another_process(name: str) -> Iterator[None]:
    """Hold an advisory lock as another process does: threads of one process wait for each other without the database."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [zlib.crc32(f"statistics_app.{name}".encode())])
        yield
    finally:
        other.close()


@pytest.mark.only_postgresql
def test_a_lock_that_cannot_be_acquired_is_recorded(settings) -> None:
    def fail_to_acquire() -> None:
        with pytest.raises(OperationalError):
            generation.generate(Origin.COMMAND)

    before = datetime.now(tz=UTC)
    with held_by_another_process(generation.LOCK_NAME), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(in_threads, 1, fail_to_acquire)
        while not waiting.done():
            with connection.cursor() as cursor:
                # Concurrent test runs use other databases of the same server.
                cursor.execute(
                    "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            time.sleep(0.05)
        waiting.result()
    assert Installation.objects.failure_after(before).startswith("OperationalError: canceling statement")
