"""When the latest snapshot is overdue, and why: on real brokers, good and bad, with real workers and without."""

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
from statsproject.demo.processes import Program, answers, free_port, wait_until
from statsproject.demo.redis_server import answers_ping, find_redis_server, start_redis
from tests.services.bad_brokers import listener, unreachable
from tests.services.programs import Programs

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
TEN = MIDNIGHT + timedelta(hours=10)
REPLIES = "_kombu.binding.reply.celery.pidbox"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]
servers = pytest.mark.slow

UseBroker = Callable[..., None]


def taken(at: datetime) -> Snapshot:
    """Make a snapshot of a moment."""
    return Snapshot(created_at=at, origin=Origin.SCHEDULE, took_ms=1, host="h", body=Snapshot.body_of({}))


def two_hours_after(snapshot: Snapshot | None) -> Overdue:
    """Say what a reader is told when nothing has followed for two hours."""
    assert snapshot is not None
    found = find_overdue(snapshot, snapshot.created_at + timedelta(hours=2))
    assert found is not None
    return found


def long_ago() -> Overdue:
    """Say what a reader is told whose newest snapshot is old."""
    return two_hours_after(taken(TEN))


@pytest.fixture
def use_broker() -> Iterator[UseBroker]:
    """Let this process's Celery use another broker, and wait at the end until nobody asks it any more."""
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
    """A Redis that works, as broker of this process and of programs."""
    redis.Redis.from_url(redis_url).flushdb()
    running.environment |= {"REDIS_URL": redis_url}
    use_broker(redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1))
    return redis_url


@pytest.fixture
def folder_as_broker(use_broker: UseBroker, running: Programs) -> Path:
    """A folder that carries the tasks, of this process and of programs; whoever comes first of them makes it."""
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
        wait_until(lambda: answers(port), "Redis", [server])
        yield port
    finally:
        server.stop()


def started_worker(running: Programs) -> Snapshot:
    """Start a worker and return the snapshot that it takes at its start."""
    wait_until(Snapshot.objects.exists, "The worker's snapshot", [running.worker()])
    snapshot = Snapshot.objects.latest_taken()
    assert snapshot is not None
    return snapshot


def test_without_any_snapshot_none_is_overdue() -> None:
    assert find_overdue(None, TEN) is None


@pytest.mark.parametrize(("interval", "grace"), [(1, 60), (60, 60), (600, 60), (3600, 360), (86_400, 8640)])
def test_it_is_overdue_after_the_interval_and_some_grace(settings, use_broker: UseBroker, interval: int, grace: int) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": interval}
    use_broker(f"redis://127.0.0.1:{free_port()}/0")
    snapshot = taken(MIDNIGHT)
    assert overdue_at(snapshot) == MIDNIGHT + timedelta(seconds=interval + grace)
    assert find_overdue(snapshot, overdue_at(snapshot) - timedelta(milliseconds=1)) is None
    found = find_overdue(snapshot, overdue_at(snapshot))
    assert found is not None
    assert found.since == MIDNIGHT + timedelta(seconds=interval)


def test_the_missing_snapshot_was_due_when_the_next_slot_began(use_broker: UseBroker) -> None:
    use_broker(f"redis://127.0.0.1:{free_port()}/0")
    assert two_hours_after(taken(TEN + timedelta(minutes=40))).since == TEN + timedelta(hours=1)


@pytest.mark.parametrize("password", ["s3cret", "s3%40cret"])
def test_where_nobody_listens_the_broker_is_named_without_its_password(use_broker: UseBroker, password: str) -> None:
    port = free_port()
    use_broker(f"redis://:{password}@127.0.0.1:{port}/0")
    found = long_ago()
    assert found.reason == OverdueReason.NO_BROKER
    assert found.said.startswith(f"The broker redis://:**@127.0.0.1:{port}/0 cannot be used: ")
    assert "refused" in found.said


def test_an_address_that_cannot_be_read_is_not_told_since_its_parts_may_be_the_password(use_broker: UseBroker) -> None:
    use_broker("redis://:s3/cret@127.0.0.1:1/0")
    found = long_ago()
    assert (found.reason, found.said) == (OverdueReason.NO_BROKER, "The broker's address cannot be read (ValueError).")


@servers
@pytest.mark.parametrize("password", ["s3cret", "s3%40cret"])
def test_a_redis_that_repeats_the_password_in_its_error_is_told_without(
    use_broker: UseBroker, tmp_path: Path, password: str
) -> None:
    with redis_on_a_port(tmp_path, "--rename-command", "AUTH", "", "--rename-command", "HELLO", "") as port:
        use_broker(f"redis://:{password}@127.0.0.1:{port}/0")
        found = long_ago()
    assert found.reason == OverdueReason.NO_BROKER
    assert "unknown command" in found.said
    assert "s3" not in found.said


@servers
def test_a_redis_that_was_killed_is_no_broker(use_broker: UseBroker, tmp_path: Path) -> None:
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
    ("scheme", "said"), [("redis://:s3cret@", "Timeout reading from socket"), ("amqp://u:s3cret@", "timed out")]
)
def test_a_broker_that_takes_connections_and_says_nothing_is_none(use_broker: UseBroker, scheme: str, said: str) -> None:
    with listener() as silent:
        use_broker(f"{scheme}127.0.0.1:{silent.port}//")
        found = long_ago()
        assert len(silent.connections) == 1
    assert (found.reason, said in found.said, "s3cret" in found.said) == (OverdueReason.NO_BROKER, True, False)


def test_a_broker_whose_host_does_not_answer_is_none(use_broker: UseBroker) -> None:
    with unreachable() as port:
        use_broker(f"redis://127.0.0.1:{port}/0")
        found = long_ago()
    assert found.reason == OverdueReason.NO_BROKER
    assert "Timeout connecting" in found.said


def test_a_broker_that_never_comes_to_an_end_is_given_up_while_it_speaks(use_broker: UseBroker) -> None:
    with listener(drips=True) as endless:
        use_broker(f"redis://127.0.0.1:{endless.port}/0")
        found = long_ago()
        assert [thread for thread in threading.enumerate() if thread.name == "statistics-broker"]
        with time_machine.travel(timezone.now() + timedelta(seconds=31)):
            assert long_ago() == found
        assert len(endless.connections) == 1
    assert (found.reason, found.said) == (OverdueReason.NO_BROKER, "The broker does not answer within 2 s.")


def test_what_was_seen_is_kept_for_half_a_minute(use_broker: UseBroker) -> None:
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


def test_fifty_who_read_at_once_ask_once(use_broker: UseBroker) -> None:
    with listener() as silent:
        use_broker(f"redis://127.0.0.1:{silent.port}/0")
        with ThreadPoolExecutor(50) as pool:
            seen = set(pool.map(lambda _: celery_status.check(), range(50)))
        assert len(silent.connections) == 1
    assert len(seen) == 1


@servers
def test_where_no_worker_answers_one_is_wanted_and_redis_keeps_nothing_of_the_question(good_broker: str) -> None:
    found = long_ago()
    assert found.reason == OverdueReason.NO_WORKER
    assert found.said == "No Celery worker answers."
    assert found.to_do == "Start one: `celery --app statsproject worker`"
    assert not redis.Redis.from_url(good_broker).exists(REPLIES)


@servers
def test_of_several_addresses_one_that_answers_is_enough(use_broker: UseBroker, tmp_path: Path) -> None:
    with redis_on_a_port(tmp_path) as port:
        use_broker(f"redis://127.0.0.1:{free_port()}/0;redis://127.0.0.1:{port}/0")
        assert long_ago().reason == OverdueReason.NO_WORKER


def test_of_several_addresses_one_that_celery_cannot_use_is_told(use_broker: UseBroker) -> None:
    use_broker(f"redis://127.0.0.1:{free_port()}/0;nonsense://127.0.0.1")
    found = long_ago()
    assert found.reason == OverdueReason.NO_BROKER
    assert "No such transport: nonsense" in found.said


@servers
@pytest.mark.any_database
def test_where_a_worker_answers_beat_is_wanted_and_once_it_is_killed_a_worker(good_broker: str, running: Programs) -> None:
    snapshot = started_worker(running)
    assert find_overdue(snapshot, timezone.now()) is None
    found = two_hours_after(snapshot)
    assert found.reason == OverdueReason.NO_BEAT
    assert found.to_do == "Start beat: `celery --app statsproject beat`"
    running.kill(running.running.pop())
    assert two_hours_after(snapshot) == found
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
def test_a_folder_as_broker_is_asked_as_well(folder_as_broker: Path, running: Programs) -> None:
    assert not folder_as_broker.exists()
    assert long_ago().reason == OverdueReason.NO_WORKER
    snapshot = started_worker(running)
    celery_status.clear()
    assert two_hours_after(snapshot).reason == OverdueReason.NO_BEAT
    running.kill(running.running.pop())
    celery_status.clear()
    assert two_hours_after(snapshot).reason == OverdueReason.NO_WORKER


@pytest.mark.any_database
def test_an_attempt_that_failed_is_the_reason_until_a_snapshot_follows(settings, use_broker: UseBroker) -> None:
    use_broker(f"redis://127.0.0.1:{free_port()}/0")
    first = generation.generate(Origin.COMMAND)
    own = settings.STATISTICS
    settings.STATISTICS = {**own, "SOURCE": "tests.snapshots.test_generation.UnmakeableSource"}
    with pytest.raises(RuntimeError):
        generation.generate_for_slot(timezone.now())
    assert find_overdue(first, timezone.now()) is None
    found = two_hours_after(first)
    assert (found.reason, found.said) == (OverdueReason.FAILED, "RuntimeError: There is no chat.")
    settings.STATISTICS = own
    second = generation.generate(Origin.COMMAND)
    assert two_hours_after(second).reason == OverdueReason.NO_BROKER
