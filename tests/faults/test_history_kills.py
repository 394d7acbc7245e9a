"""What rolls up, rebuilds and removes history can be killed at any moment: done again, it ends like an undisturbed run."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.models import DirtyRange, EventCoverage, EventRollup, GaugeRollup, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Message
from tests.chatter import make_room
from tests.history.conftest import every
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
DAYS = 700
kills = pytest.mark.parametrize(
    "kills",
    [pytest.param(1, marks=pytest.mark.slow), pytest.param(10, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
    ids=["short", "long"],
)


@dataclass(frozen=True)
class Deed:
    """A command, what it starts from, and what it has to end with."""

    command: str
    prepare: Callable[[], None]
    result: Callable[[], Any]


def gauges() -> list[Any]:
    return list(GaugeRollup.objects.order_by("key", "hour").values_list())


def events() -> list[Any]:
    return list(EventRollup.objects.order_by("key", "quarter").values_list())


def kept() -> list[Any]:
    return list(Snapshot.objects.order_by("pk").values_list("pk", "is_rolled_up"))


def make_snapshots() -> None:
    """Make one in every four hours of two years."""
    Snapshot.objects.all().delete()
    rows = []
    for number, moment in enumerate(every(timedelta(hours=4), NOW - timedelta(days=DAYS), NOW)):
        document = {"_id": f"s{number:016}", "createdAt": wire_time(moment), "totalMessages": number, "onlineUsers": number % 7}
        columns = {"created_at": moment, "origin": Origin.SCHEDULE, "took_ms": 1, "host": "h", "number": number}
        rows.append(Snapshot(id=document["_id"], body=Snapshot.body_of(document), **columns))
    Snapshot.objects.bulk_create(rows, batch_size=1000)


def make_chat() -> None:
    """Make messages all over these years."""
    chance = random.Random(3)
    rooms = [make_room(kind, created_at=NOW - timedelta(days=DAYS)) for kind in "cpdl"]
    Message.objects.bulk_create(
        (
            Message(id=make_id(), room=chance.choice(rooms), sent_at=NOW - timedelta(days=DAYS * chance.random()))
            for _ in range(20_000)
        ),
        batch_size=5000,
    )


def forget_events() -> None:
    for model in (EventRollup, EventCoverage, DirtyRange):
        model.objects.all().delete()


def forget_gauges() -> None:
    GaugeRollup.objects.all().delete()
    Snapshot.objects.update(is_rolled_up=False)


def spoil() -> None:
    """Let all be rolled up, and then be wrong."""
    forget_events()
    forget_gauges()
    roll_up_gauges()
    backfill_history(chat_source(NOW), NOW)
    roll_up_events(chat_source(NOW), NOW)
    GaugeRollup.objects.update(last=1)
    EventRollup.objects.update(number=5)


def unpruned() -> None:
    make_snapshots()
    forget_gauges()


DEEDS = {
    deed.command: deed
    for deed in (
        Deed("roll_up_history", forget_gauges, lambda: (gauges(), kept())),
        Deed("backfill_history", forget_events, events),
        Deed("rebuild_rollups", spoil, lambda: (gauges(), events())),
        Deed("prune_statistics", unpruned, lambda: (gauges(), kept())),
    )
}


@pytest.fixture
def two_years(transactional_db: None) -> None:
    make_snapshots()
    make_chat()


def start(running: Programs, deed: Deed) -> "subprocess.Popen[bytes]":
    return running.start_command(deed.command, sys.executable, str(ROOT / "manage.py"), deed.command).process


@kills
@pytest.mark.parametrize("command", DEEDS)
def test_it_ends_like_an_undisturbed_run(two_years: None, running: Programs, command: str, kills: int) -> None:
    deed = DEEDS[command]
    deed.prepare()
    began = time.monotonic()
    assert start(running, deed).wait(300) == 0
    took = time.monotonic() - began
    expected = deed.result()
    deed.prepare()
    for _ in range(kills):
        program = running.start_command(command, sys.executable, str(ROOT / "manage.py"), command)
        time.sleep(random.uniform(0.3, 1.0) * took)
        running.kill(program)
    assert start(running, deed).wait(300) == 0
    assert deed.result() == expected
    assert not DirtyRange.objects.exists() or command == "backfill_history"


@pytest.mark.slow
@pytest.mark.parametrize("command", DEEDS)
def test_two_at_once_do_it_once(two_years: None, running: Programs, command: str) -> None:
    deed = DEEDS[command]
    deed.prepare()
    assert start(running, deed).wait(300) == 0
    expected = deed.result()
    deed.prepare()
    both = [start(running, deed) for _ in range(2)]
    assert [program.wait(300) for program in both] == [0, 0]
    assert deed.result() == expected
