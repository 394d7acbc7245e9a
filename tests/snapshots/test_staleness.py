"""Overdue snapshots and their reasons: with real brokers, working and broken, and with and without real workers."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from celery import current_app
from django.utils import timezone

from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import celery_status, generation
from statistics_app.snapshots.staleness import Overdue, OverdueReason, find_overdue, overdue_at
from statsproject.programs.processes import Program, free_port, is_listening, wait_until
from statsproject.programs.redis_server import answers_ping, find_redis_server, start_redis
from tests.services.bad_brokers import listener, unreachable
from tests.services.programs import Programs

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
TEN = MIDNIGHT + timedelta(hours=10)
REPLIES = "_kombu.binding.reply.celery.pidbox"

pytestmark = pytest.mark.django_db(transaction=True)
servers = pytest.mark.slow

UseBroker = Callable[..., None]


def taken(at: datetime) -> Snapshot:
    """Return an unsaved snapshot that was taken at a given time."""
    return Snapshot(created_at=at, origin=Origin.SCHEDULE, took_ms=1, host="h", body=Snapshot.body_of({}))


def two_hours_after(snapshot: Snapshot | None) -> Overdue:
    """Return what is overdue two hours after a snapshot that is still the newest."""
    assert snapshot is not None
    overdue = find_overdue(snapshot, snapshot.created_at + timedelta(hours=2))
    assert overdue is not None
    return overdue


def long_ago() -> Overdue:
    """Return what is overdue if the newest snapshot is old."""
    return two_hours_after(taken(TEN))


@pytest.fixture
def use_broker() -> Iterator[UseBroker]:
    """Return a function that sets the broker of this process's Celery; wait for running checks at the end."""
    conf = current_app.conf
    before = conf.broker_url, conf.broker_transport_options

    def use(url: str, **options: Any) -> None:
        conf.broker_url, conf.broker_transport_options = url, options

    yield use
    for thread in threading.enumerate():
        if thread.name == "statistics-broker":
            thread.join()
    conf.broker_url, conf.broker_transport_options = before


@pytest.fixture
def good_broker(use_broker: UseBroker, redis_url: str, running: Programs) -> str:
    """A working Redis as the broker of this process and of started programs."""
    redis.Redis.from_url(redis_url).flushdb()
    running.environment |= {"REDIS_URL": redis_url}
    use_broker(redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1))
    return redis_url


@pytest.fixture
def filesystem_broker(use_broker: UseBroker, running: Programs) -> Path:
    """A file system broker of this process and of started programs; the first of them creates its folder."""
    running.environment |= {"REDIS_URL": ""}
    folder = running.folder / "broker"
    tasks, control = str(folder / "tasks"), str(folder / "control")
    use_broker("filesystem://", data_folder_in=tasks, data_folder_out=tasks, control_folder=control)
    return folder


@contextmanager
def redis_on_a_port(folder: Path, *options: str) -> Iterator[int]:
    """Run a Redis that listens on a port."""
    program, port = find_redis_server(), free_port()
    assert program
    command = [program, "--port", str(port), "--dir", str(folder), "--save", "", *options]
    server = Program.start("redis", command, log_dir=folder, env={})
    try:
        wait_until(lambda: is_listening(port), "Redis", [server])
        yield port
    finally:
        server.stop()


def started_worker(running: Programs) -> Snapshot:
    """Start a worker and return the snapshot that it takes at start."""
    wait_until(Snapshot.objects.exists, "The worker's snapshot", [running.worker()])
    snapshot = Snapshot.objects.latest_taken()
    assert snapshot is not None
    return snapshot


def test_without_any_snapshot_none_is_overdue() -> None:
    assert find_overdue(None, TEN) is None


@pytest.mark.parametrize(("interval", "grace"), [(1, 60), (60, 60), (600, 60), (3600, 360), (86_400, 8640)])
def test_a_snapshot_is_overdue_after_the_interval_and_a_grace_period(
    settings, use_broker: UseBroker, interval: int, grace: int
) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": interval}
    use_broker(f"redis://127.0.0.1:{free_port()}/0")
    snapshot = taken(MIDNIGHT)
    assert overdue_at(snapshot) == MIDNIGHT + timedelta(seconds=interval + grace)
    assert find_overdue(snapshot, overdue_at(snapshot) - timedelta(milliseconds=1)) is None
    overdue = find_overdue(snapshot, overdue_at(snapshot))
    assert overdue is not None
    assert overdue.since == MIDNIGHT + timedelta(seconds=interval)


def test_the_missing_snapshot_was_due_when_the_next_slot_began(use_broker: UseBroker) -> None:
    use_broker(f"redis://127.0.0.1:{free_port()}/0")
    assert two_hours_after(taken(TEN + timedelta(minutes=40))).since == TEN + timedelta(hours=1)


@pytest.mark.parametrize("password", ["s3cret", "s3%40cret"])
def test_an_unreachable_broker_is_reported_without_its_password(use_broker: UseBroker, password: str) -> None:
    port = free_port()
    use_broker(f"redis://:{password}@127.0.0.1:{port}/0")
    overdue = long_ago()
    assert overdue.reason == OverdueReason.NO_BROKER
    assert overdue.explanation.startswith(f"The broker redis://:**@127.0.0.1:{port}/0 cannot be used: ")
    assert "refused" in overdue.explanation


def test_an_address_that_cannot_be_read_is_not_shown_since_it_may_contain_the_password(use_broker: UseBroker) -> None:
    use_broker("redis://:s3/cret@127.0.0.1:1/0")
    overdue = long_ago()
    assert (overdue.reason, overdue.explanation) == (
        OverdueReason.NO_BROKER,
        "The broker's address cannot be read (ValueError).",
    )


@servers
@pytest.mark.parametrize("password", ["s3cret", "s3%40cret"])
def test_a_password_in_an_error_of_redis_is_masked(use_broker: UseBroker, tmp_path: Path, password: str) -> None:
    with redis_on_a_port(tmp_path, "--rename-command", "AUTH", "", "--rename-command", "HELLO", "") as port:
        use_broker(f"redis://:{password}@127.0.0.1:{port}/0")
        overdue = long_ago()
    assert overdue.reason == OverdueReason.NO_BROKER
    assert "unknown command" in overdue.explanation
    assert "s3" not in overdue.explanation


@servers
def test_a_killed_redis_is_reported_as_no_broker(use_broker: UseBroker, tmp_path: Path) -> None:
    program = find_redis_server()
    assert program
    with tempfile.TemporaryDirectory(prefix="stats-") as folder:
        server, url = start_redis(program, Path(folder), log_dir=tmp_path, env={})
        try:
            wait_until(lambda: answers_ping(url), "Redis", [server])
            use_broker(url.replace("unix://", "redis+socket://", 1))
            assert long_ago().reason == OverdueReason.NO_WORKER
        finally:
            server.stop()
        celery_status.clear()
        assert long_ago().reason == OverdueReason.NO_BROKER


@pytest.mark.parametrize(
    ("scheme", "message"), [("redis://:s3cret@", "Timeout reading from socket"), ("amqp://u:s3cret@", "timed out")]
)
def test_a_broker_that_accepts_connections_but_sends_nothing_is_reported_as_no_broker(
    use_broker: UseBroker, scheme: str, message: str
) -> None:
    with listener() as silent:
        use_broker(f"{scheme}127.0.0.1:{silent.port}//")
        overdue = long_ago()
        assert len(silent.connections) == 1
    assert (overdue.reason, message in overdue.explanation, "s3cret" in overdue.explanation) == (
        OverdueReason.NO_BROKER,
        True,
        False,
    )


def test_a_broker_whose_host_does_not_answer_is_reported_as_no_broker(use_broker: UseBroker) -> None:
    with unreachable() as port:
        use_broker(f"redis://127.0.0.1:{port}/0")
        overdue = long_ago()
    assert overdue.reason == OverdueReason.NO_BROKER
    assert "Timeout connecting" in overdue.explanation


def test_a_broker_whose_response_never_ends_is_abandoned(use_broker: UseBroker) -> None:
    with listener(drips=True) as endless:
        use_broker(f"redis://127.0.0.1:{endless.port}/0")
        overdue = long_ago()
        assert [thread for thread in threading.enumerate() if thread.name == "statistics-broker"]
        with time_machine.travel(timezone.now() + timedelta(seconds=31)):
            assert long_ago() == overdue
        assert len(endless.connections) == 1
    assert (overdue.reason, overdue.explanation) == (OverdueReason.NO_BROKER, "The broker does not answer within 2 s.")


def test_the_status_is_cached_for_thirty_seconds(use_broker: UseBroker) -> None:
    with listener() as silent:
        use_broker(f"redis://127.0.0.1:{silent.port}/0")
        with time_machine.travel(TEN, tick=False) as clock:
            assert long_ago() == long_ago()
            clock.shift(29)
            long_ago()
            assert len(silent.connections) == 1
            clock.shift(2)
            long_ago()
        assert len(silent.connections) == 2


def test_fifty_concurrent_readers_share_one_check(use_broker: UseBroker) -> None:
    with listener() as silent:
        use_broker(f"redis://127.0.0.1:{silent.port}/0")
        with ThreadPoolExecutor(50) as pool:
            statuses = set(pool.map(lambda _: celery_status.check(), range(50)))
        assert len(silent.connections) == 1
    assert len(statuses) == 1


@servers
def test_a_missing_worker_is_reported_and_the_check_leaves_nothing_in_redis(good_broker: str) -> None:
    overdue = long_ago()
    assert overdue.reason == OverdueReason.NO_WORKER
    assert overdue.explanation == "No Celery worker answers."
    assert overdue.remedy == "Start one: `celery --app statsproject worker`"
    assert not redis.Redis.from_url(good_broker).exists(REPLIES)


@servers
def test_one_of_several_addresses_is_enough(use_broker: UseBroker, tmp_path: Path) -> None:
    with redis_on_a_port(tmp_path) as port:
        use_broker(f"redis://127.0.0.1:{free_port()}/0;redis://127.0.0.1:{port}/0")
        assert long_ago().reason == OverdueReason.NO_WORKER


def test_an_unusable_one_of_several_addresses_is_reported(use_broker: UseBroker) -> None:
    use_broker(f"redis://127.0.0.1:{free_port()}/0;nonsense://127.0.0.1")
    overdue = long_ago()
    assert overdue.reason == OverdueReason.NO_BROKER
    assert "No such transport: nonsense" in overdue.explanation


@servers
@pytest.mark.any_database
def test_beat_is_reported_missing_while_a_worker_answers_and_the_worker_once_it_is_killed(
    good_broker: str, running: Programs
) -> None:
    snapshot = started_worker(running)
    assert find_overdue(snapshot, timezone.now()) is None
    overdue = two_hours_after(snapshot)
    assert overdue.reason == OverdueReason.NO_BEAT
    assert overdue.remedy == "Start beat: `celery --app statsproject beat`"
    running.kill(running.running.pop())
    assert two_hours_after(snapshot) == overdue
    celery_status.clear()
    assert two_hours_after(snapshot).reason == OverdueReason.NO_WORKER


@servers
def test_with_worker_and_beat_nothing_is_overdue(good_broker: str, running: Programs) -> None:
    running.environment |= {"STATISTICS_INTERVAL": "2"}
    running.worker()
    running.beat()
    wait_until(lambda: Snapshot.objects.count() > 2, "The third snapshot", running.running)
    assert find_overdue(Snapshot.objects.latest_taken(), timezone.now()) is None


@servers
def test_a_filesystem_broker_is_checked_as_well(filesystem_broker: Path, running: Programs) -> None:
    assert not filesystem_broker.exists()
    assert long_ago().reason == OverdueReason.NO_WORKER
    snapshot = started_worker(running)
    celery_status.clear()
    assert two_hours_after(snapshot).reason == OverdueReason.NO_BEAT
    running.kill(running.running.pop())
    celery_status.clear()
    assert two_hours_after(snapshot).reason == OverdueReason.NO_WORKER


@pytest.mark.any_database
def test_a_failed_attempt_is_the_reason_until_a_snapshot_follows(settings, use_broker: UseBroker) -> None:
    use_broker(f"redis://127.0.0.1:{free_port()}/0")
    first = generation.generate(Origin.COMMAND)
    own = settings.STATISTICS
    settings.STATISTICS = {**own, "SOURCE": "tests.snapshots.test_generation.FailingSource"}
    with pytest.raises(RuntimeError):
        generation.generate_for_slot(timezone.now())
    assert find_overdue(first, timezone.now()) is None
    overdue = two_hours_after(first)
    assert (overdue.reason, overdue.explanation) == (OverdueReason.FAILED, "RuntimeError: There is no chat.")
    settings.STATISTICS = own
    second = generation.generate(Origin.COMMAND)
    assert two_hours_after(second).reason == OverdueReason.NO_BROKER
