"""The simulated past of the demonstration: the snapshots that its workspace would have taken."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import F

from statistics_app import __version__
from statistics_app.catalogue.statistic import AnsweredBy
from statistics_app.conf import setting
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.models import Annotation, Installation, Snapshot
from statistics_app.models.snapshot import Counting, Origin
from statistics_app.serialization import digest_of_server, make_id, truncate_to_milliseconds, wire_time
from statistics_app.snapshots.contents import document_of
from statistics_app.snapshots.questions import Answer
from statistics_app.snapshots.slots import slot_of

from .past_chat import PastChat
from .past_machine import PastMachine
from .story import BOTS_ONLINE, FORMER_VERSION, RESTORE, Story

# The host that simulated snapshots name, by which they can be recognized.
HOST = "simulated"
LEAST_INTERVAL = timedelta(hours=1)
BATCH = 500


def create_past(since: datetime, until: datetime, story: Story) -> int:
    """Store the snapshots of the slots in a time range, at most one an hour, and return their number."""
    moments = [moment for moment in _moments(since, until) if moment not in story.gap]
    with transaction.atomic():
        snapshots = list(_snapshots(moments, story))
        Snapshot.objects.bulk_create(snapshots, BATCH)
        _annotate(snapshots, story)
    roll_up_gauges()
    return len(snapshots)


def _moments(since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the beginnings of slots after a time, up to the last one that was over by another."""
    interval = max(timedelta(seconds=setting("INTERVAL")), LEAST_INTERVAL)
    moment, last = slot_of(since) + interval, slot_of(until)
    while moment < last:
        yield moment
        moment += interval


def _snapshots(moments: list[datetime], story: Story) -> Iterator[Snapshot]:
    if not moments:
        return
    rng = Random("past")
    installation, number = _begin(moments)
    chat, machine = PastChat(moments[0], rng), PastMachine(moments[0], story, rng)
    server = digest_of_server(installation.unique_id)
    for slot in moments:
        key, taken = make_id(), truncate_to_milliseconds(slot + timedelta(seconds=rng.uniform(0.3, 3)))
        is_former = taken < story.release
        records = {
            "id": key,
            "created_at": wire_time(taken),
            "unique_id": installation.unique_id,
            "installed_at": wire_time(installation.installed_at),
            "version": FORMER_VERSION if is_former else __version__,
        }
        in_chat = chat.answers_at(taken, are_bots_online=is_former)
        answers = {
            AnsweredBy.RECORD: {name: Answer(value) for name, value in records.items()},
            AnsweredBy.CHAT: {name: Answer(value) for name, value in in_chat.items()},
            AnsweredBy.MACHINE: machine.answers_at(taken),
        }
        document, problems = document_of(answers)
        snapshot = Snapshot(
            id=key,
            number=number,
            created_at=taken,
            origin=Origin.SCHEDULE,
            slot=slot,
            took_ms=_milliseconds(problems, rng),
            host=HOST,
            server=server,
            problems=problems,
            counting=Counting.TALLIES,
            body=Snapshot.body_of(document),
        )
        snapshot.set_headlines()
        yield snapshot
        number += 1


def _milliseconds(problems: dict[str, str], rng: Random) -> int:
    """Return how long a snapshot took: each probe that did not answer is waited for."""
    return round(rng.uniform(14, 30) + 1000 * setting("PROBE_SECONDS") * len(problems))


def _begin(moments: list[datetime]) -> tuple[Installation, int]:
    """Reserve the numbers of snapshots; return the installation, which is as old as the first of them, and the first number."""
    installation = Installation.objects.the_one()
    installation.installed_at = min(installation.installed_at, moments[0])
    installation.save(update_fields=["installed_at"])
    Installation.objects.filter(pk=installation.pk).update(generations=F("generations") + len(moments))
    return installation, Installation.objects.generations_begun() - len(moments) + 1


def _annotate(snapshots: list[Snapshot], story: Story) -> None:
    """Say what is to be known of the values before the release and in the evening of trouble."""
    former = [snapshot.created_at for snapshot in snapshots if snapshot.created_at < story.release]
    troubled = [snapshot.created_at for snapshot in snapshots if snapshot.created_at in story.trouble]
    notes = [("onlineUsers", BOTS_ONLINE, former), *((key, RESTORE, troubled) for key in ("os.freemem", "os.loadavg.0"))]
    for key, text, moments in notes:
        if moments:
            Annotation.objects.extend(key, text, moments[0], moments[-1])
