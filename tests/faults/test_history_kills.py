"""Commands that roll up, rebuild and remove history can be killed at any time; run again, they give the same result."""

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
from statistics_app.models import DirtyRange, EventCoverage, EventDay, EventRollup, GaugeDay, GaugeRollup, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id, wire_time
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Message
from tests.factories import make_room
from tests.history.conftest import every
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
# The time that the history covers, in days: longer than every snapshot is kept.
SHORT, LONG = 120, 700
kills = pytest.mark.parametrize(
    "kills",
    [pytest.param(1, marks=pytest.mark.slow), pytest.param(10, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
    ids=["short", "long"],
)


@dataclass(frozen=True)
class Operation:
    """A command, a function that prepares the data of some days for it, and one that returns its result."""

    command: str
    prepare: Callable[[int], None]
    result: Callable[[], Any]


def gauges() -> list[Any]:
    return [*GaugeRollup.objects.order_by("key", "hour").values_list(), *GaugeDay.objects.order_by("key", "day").values_list()]


def events() -> list[Any]:
    days = EventDay.objects.order_by("key", "day").values_list()
    return [*EventRollup.objects.order_by("key", "quarter").values_list(), *days]


def snapshots() -> list[Any]:
    return list(Snapshot.objects.order_by("pk").values_list("pk", "is_rolled_up"))


def make_snapshots(days: int) -> None:
    """Create one snapshot for every four hours."""
    Snapshot.objects.all().delete()
    rows = []
    for number, moment in enumerate(every(timedelta(hours=4), NOW - timedelta(days=days), NOW)):
        document = {"_id": f"s{number:016}", "createdAt": wire_time(moment), "totalMessages": number, "onlineUsers": number % 7}
        columns = {"created_at": moment, "origin": Origin.SCHEDULE, "took_ms": 1, "host": "h", "number": number}
        rows.append(Snapshot(id=document["_id"], body=Snapshot.body_of(document), **columns))
    Snapshot.objects.bulk_create(rows, batch_size=1000)


def make_chat(days: int) -> None:
    """Create messages at random times."""
    rng = random.Random(3)
    rooms = [make_room(kind, created_at=NOW - timedelta(days=days)) for kind in "cpdl"]
    Message.objects.bulk_create(
        (
            Message(id=make_id(), room=rng.choice(rooms), sent_at=NOW - timedelta(days=days * rng.random()))
            for _ in range(30 * days)
        ),
        batch_size=5000,
    )


def delete_events(_: int) -> None:
    for model in (EventRollup, EventDay, EventCoverage, DirtyRange):
        model.objects.all().delete()


def delete_gauges(_: int) -> None:
    GaugeRollup.objects.all().delete()
    GaugeDay.objects.all().delete()
    Snapshot.objects.update(is_rolled_up=False)


def corrupt_rollups(days: int) -> None:
    """Roll everything up, and then set wrong values."""
    delete_events(days)
    delete_gauges(days)
    roll_up_gauges()
    backfill_history(chat_source(NOW), NOW)
    roll_up_events(chat_source(NOW), NOW)
    for gauges_of in (GaugeRollup, GaugeDay):
        gauges_of.objects.update(last=1)
    for events_of in (EventRollup, EventDay):
        events_of.objects.update(number=5)


def restore_snapshots(days: int) -> None:
    make_snapshots(days)
    delete_gauges(days)


OPERATIONS = {
    operation.command: operation
    for operation in (
        Operation("roll_up_history", delete_gauges, lambda: (gauges(), snapshots())),
        Operation("backfill_history", delete_events, events),
        Operation("rebuild_rollups", corrupt_rollups, lambda: (gauges(), events())),
        Operation("prune_statistics", restore_snapshots, lambda: (gauges(), snapshots())),
    )
}


@pytest.fixture
def days(transactional_db: None, request: pytest.FixtureRequest) -> int:
    """The number of past days for which there are snapshots and messages."""
    days = LONG if request.node.get_closest_marker("long") else SHORT
    make_snapshots(days)
    make_chat(days)
    return days


def start(running: Programs, operation: Operation) -> "subprocess.Popen[bytes]":
    return running.start_command(operation.command, sys.executable, str(ROOT / "manage.py"), operation.command).process


@kills
@pytest.mark.parametrize("command", OPERATIONS)
def test_an_operation_that_was_killed_or_runs_twice_at_once_gives_the_same_result(
    days: int, running: Programs, command: str, kills: int
) -> None:
    operation = OPERATIONS[command]
    operation.prepare(days)
    began = time.monotonic()
    assert start(running, operation).wait(300) == 0
    took = time.monotonic() - began
    expected = operation.result()

    operation.prepare(days)
    for _ in range(kills):
        program = running.start_command(command, sys.executable, str(ROOT / "manage.py"), command)
        time.sleep(random.uniform(0.3, 1.0) * took)
        running.kill(program)
    assert start(running, operation).wait(300) == 0
    assert operation.result() == expected
    assert not DirtyRange.objects.exists() or command == "backfill_history"

    operation.prepare(days)
    both = [start(running, operation) for _ in range(2)]
    assert [program.wait(300) for program in both] == [0, 0]
    assert operation.result() == expected
