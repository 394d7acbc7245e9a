"""The schedule with a real beat, worker and Redis: each slot is taken once, and missed slots stay empty."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import redis
from django.db import connection
from django.utils import timezone

from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from tests.services.programs import Programs

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_database,
    pytest.mark.slow,
]

INTERVAL = 2


@pytest.fixture
def often(running: Programs, redis_url: str) -> Programs:
    redis.Redis.from_url(redis_url).flushdb()
    running.environment |= {"REDIS_URL": redis_url, "STATISTICS_INTERVAL": str(INTERVAL)}
    return running


def wait_for(condition: Callable[[], bool], programs: Programs, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        for program in programs.running:
            program.require_running()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def slots() -> list[datetime]:
    return list(Snapshot.objects.exclude(slot=None).order_by("slot").values_list("slot", flat=True))


def test_slots_are_taken_on_schedule_and_only_once_with_two_beats(often: Programs) -> None:
    often.worker()
    often.beat("beat-1")
    often.beat("beat-2")
    wait_for(lambda: len(slots()) >= 4, often)
    often.stop_all()
    assert all(slot.timestamp() % INTERVAL == 0 for slot in slots())
    assert set(Snapshot.objects.values_list("origin", flat=True)) <= {Origin.SCHEDULE, Origin.START}
    assert len(set(slots())) == Snapshot.objects.count()
    assert all(later - earlier == timedelta(seconds=INTERVAL) for earlier, later in pairwise(slots()[1:]))


def test_a_missed_slot_stays_empty_and_the_current_one_is_taken(often: Programs) -> None:
    often.worker()
    beat = often.beat()
    wait_for(lambda: len(slots()) >= 2, often)
    often.running.remove(beat)
    beat.stop()
    before = slots()[-1]
    missed_until = before + timedelta(seconds=3 * INTERVAL)
    wait_for(lambda: timezone.now() >= missed_until, often)
    assert slots()[-1] <= before + timedelta(seconds=INTERVAL)
    restarted_at = timezone.now()
    often.beat()
    wait_for(lambda: slots()[-1] >= missed_until, often)
    taken_meanwhile = [slot for slot in slots() if before + timedelta(seconds=INTERVAL) < slot < missed_until]
    assert taken_meanwhile == []
    first_slot = next(slot for slot in slots() if slot >= missed_until)
    taken_at = Snapshot.objects.get(slot=first_slot).created_at
    assert first_slot <= taken_at < first_slot + timedelta(seconds=INTERVAL)
    assert taken_at >= restarted_at


def test_a_starting_worker_takes_a_snapshot_if_the_newest_is_old(running: Programs, redis_url: str) -> None:
    redis.Redis.from_url(redis_url).flushdb()
    running.environment |= {"REDIS_URL": redis_url}
    running.worker()
    wait_for(Snapshot.objects.exists, running)
    assert Snapshot.objects.get().origin == Origin.START


def test_without_redis_a_folder_carries_the_tasks(running: Programs) -> None:
    running.environment |= {"REDIS_URL": "", "STATISTICS_INTERVAL": "2"}
    running.worker()
    running.beat()
    wait_for(lambda: len(slots()) >= 2, running)


def test_tasks_that_waited_for_a_worker_take_only_the_current_slot(often: Programs) -> None:
    beat = often.beat()
    time.sleep(3 * INTERVAL)
    often.running.remove(beat)
    beat.stop()
    began = timezone.now()
    often.worker()
    wait_for(Snapshot.objects.exists, often)
    time.sleep(INTERVAL)
    assert Snapshot.objects.filter(slot__lt=began - timedelta(seconds=INTERVAL)).count() == 0


@pytest.mark.only_postgresql
def test_a_slot_whose_attempt_failed_is_tried_again_while_it_lasts(running: Programs, redis_url: str) -> None:
    redis.Redis.from_url(redis_url).flushdb()
    rename(Snapshot._meta.db_table, "away")
    try:
        worker = running.worker(REDIS_URL=redis_url, STATISTICS_INTERVAL="86400")
        wait_for(lambda: "Retry in" in worker.log.read_text(), running)
    finally:
        rename("away", Snapshot._meta.db_table)
    wait_for(Snapshot.objects.exists, running)
    assert Snapshot.objects.get().origin == Origin.START


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")
