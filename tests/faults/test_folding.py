"""A real worker keeps the ledgers short, logs which session prevents it, and loses nothing when it is killed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from django.utils import timezone

from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.tallies.declared import TallySet, declared_tallies
from statistics_app.tallies.ledgers import ledger_size
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import Message, Room
from tests.factories import make_messages, make_room
from tests.services.programs import Programs, database_url
from tests.tallies.conftest import differences
from tests.tallies.sql import run, value

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_database,
    pytest.mark.only_postgresql,
    pytest.mark.slow,
]

TAIL = "SELECT count(*) FROM statistics_tally_messages_ledger"


@pytest.fixture
def tallies(transactional_db: None) -> TallySet:
    return declared_tallies(tallied_source(timezone.now()).live)


@pytest.fixture
def working(running: Programs, redis_url: str) -> Programs:
    redis.Redis.from_url(redis_url).flushdb()
    running.environment |= {"REDIS_URL": redis_url, "STATISTICS_INTERVAL": "3600"}
    running.worker()
    wait_for(lambda: "ready." in log(running))
    return running


def log(running: Programs, name: str = "worker") -> str:
    return (Path(running.folder) / "log" / f"{name}.log").read_text()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def old_view() -> Iterator[None]:
    """Hold a transaction with a view of the data open, as a dump does."""
    with psycopg.connect(database_url(), application_name="a dump") as dump:
        dump.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        dump.execute("SELECT count(*) FROM chat_room")
        yield


def test_a_worker_folds_what_is_written_while_it_runs(working: Programs, tallies: TallySet) -> None:
    rooms = [make_room("c"), make_room("d")]
    for _ in range(30):
        for room in rooms:
            make_messages(room, 2)
    wait_for(lambda: value(TAIL) == 0)
    assert value("SELECT sum(n) FROM statistics_tally_messages_total WHERE class IN ('c', 'd')") == 120
    assert differences(tallies) == []
    assert ledger_size(tallies) < 1_000_000


def test_a_killed_worker_neither_loses_nor_duplicates_changes(working: Programs, tallies: TallySet) -> None:
    room = make_room()
    for _ in range(5):
        make_messages(room, 20)
        working.kill(working.running.pop())
        make_messages(room, 20)
        assert sum(tallied_source(timezone.now()).messages().values()) == Message.objects.count()
        working.worker()
    wait_for(lambda: value(TAIL) == 0)
    assert value("SELECT sum(n) FROM statistics_tally_messages_total") == 200
    assert differences(tallies) == []


def test_a_session_that_prevents_vacuuming_is_named_and_then_the_ledgers_shrink(working: Programs, tallies: TallySet) -> None:
    rooms = [make_room("c").pk, make_room("d").pk]
    make_messages(Room.objects.get(pk=rooms[0]), 10_000)
    with old_view():
        for number in range(10):
            run(f"UPDATE chat_message SET room_id = '{rooms[(number + 1) % 2]}'")
        wait_for(lambda: "a dump (process " in log(working), 120)
        assert "The ledgers of the running counts grow" in log(working)
        assert ledger_size(tallies) > 4_000_000
        wait_for(lambda: value(TAIL) == 0)
        assert sum(tallied_source(timezone.now()).messages().values()) == 10_000
    wait_for(lambda: ledger_size(tallies) < 1_000_000, 150)
    assert differences(tallies) == []


# VACUUM skips a ledger that autovacuum is working on, as it may where several clusters share two processors.
@pytest.mark.long
def test_after_a_bulk_load_a_snapshot_shrinks_the_ledgers_without_a_worker(tallies: TallySet) -> None:
    run(
        "INSERT INTO chat_room (id, type, name, is_archived, created_at) "
        "SELECT 'room' || n, 'c', '', false, now() FROM generate_series(1, 30000) n",
        "INSERT INTO chat_message (id, room_id, sent_at, is_pinned) "
        "SELECT 'new' || n, 'room' || n, now(), false FROM generate_series(1, 30000) n",
    )
    assert ledger_size(tallies) > 2_000_000
    assert generation.generate(Origin.COMMAND).document["totalMessages"] == 30_000
    assert ledger_size(tallies) < 500_000
