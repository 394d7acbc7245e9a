"""Worker and beat are killed repeatedly; no slot is taken twice, and after each kill slots are taken again."""

import random
import time
from collections.abc import Callable

import pytest
import redis

from statistics_app.models import Snapshot
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

INTERVAL = 1
KILLS = 20


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_after_twenty_kills_slots_are_taken_and_none_twice(running: Programs, redis_url: str) -> None:
    redis.Redis.from_url(redis_url).flushdb()
    running.environment |= {"REDIS_URL": redis_url, "STATISTICS_INTERVAL": str(INTERVAL)}
    start = {"worker": running.worker, "beat": running.beat}
    alive = {name: start_program() for name, start_program in start.items()}
    for _ in range(KILLS):
        seen = Snapshot.objects.count()
        wait_for(lambda seen=seen: Snapshot.objects.count() > seen)
        time.sleep(random.random())
        name = random.choice(list(alive))
        running.running.remove(alive[name])
        running.kill(alive[name])
        alive[name] = start[name]()
    seen = Snapshot.objects.count()
    wait_for(lambda: Snapshot.objects.count() > seen + 2)
    running.stop_all()
    slots = list(Snapshot.objects.values_list("slot", flat=True))
    numbers = list(Snapshot.objects.values_list("number", flat=True))
    assert None not in slots
    assert len(set(slots)) == len(slots)
    assert len(set(numbers)) == len(numbers)
    assert all(snapshot.document["totalUsers"] == 0 for snapshot in Snapshot.objects.all())
