"""The simulated snapshots of the demonstration."""

from datetime import datetime, timedelta
from random import Random
from statistics import mean

import pytest
import time_machine
from django.db.models import Sum
from django.utils import timezone

from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.models import Annotation, Installation, Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import wire_time
from statistics_app.snapshots.generation import generate
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Message, Room, Upload, User
from statsproject.chat.statistics_source import WorkspaceSource
from statsproject.demo.crowd import PEOPLE
from statsproject.demo.past import HOST, create_past
from statsproject.demo.past_chat import PastChat
from statsproject.demo.past_visits import create_visits
from statsproject.demo.story import NOTHING, Story
from tests.conftest import Person
from tests.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

START = NOW - timedelta(days=30)
STORY = Story.before(NOW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def past(chat: None) -> list[Snapshot]:
    """The simulated snapshots of a month."""
    create_past(START, NOW, STORY)
    return list(Snapshot.objects.oldest_first())


def test_a_simulated_snapshot_counts_the_rows_that_were_there_when_it_was_taken(past: list[Snapshot]) -> None:
    for snapshot in [past[0], past[len(past) // 2], past[-1]]:
        document, taken = snapshot.document, snapshot.created_at
        sent = Message.objects.filter(sent_at__lt=taken)
        kinds = {"c": "totalChannelMessages", "p": "totalPrivateGroupMessages", "d": "totalDirectMessages"}
        assert document["totalMessages"] == snapshot.total_messages == sent.count()
        assert {kind: document[key] for kind, key in kinds.items()} == {
            kind: sent.filter(room__type=kind).count() for kind in kinds
        }
        assert document["totalThreads"] == sent.filter(thread_root__isnull=False).values("thread_root").distinct().count()
        assert document["totalUsers"] == User.objects.filter(date_joined__lt=taken).count()
        assert document["totalRooms"] == Room.objects.filter(created_at__lt=taken).count()
        size = Upload.objects.filter(uploaded_at__lt=taken).aggregate(size=Sum("size"))["size"]
        assert document["uploadsTotalSize"] == size
    assert past[0].document["totalMessages"] < past[-1].document["totalMessages"]


def test_the_past_ends_with_what_the_source_answers_now(chat: None) -> None:
    now = timezone.now()
    source = WorkspaceSource(now)
    answers = PastChat(START, Random(0)).answers_at(now + HOUR, are_bots_online=False)
    for question in answers.keys() - {"users", "rooms", "messages", "last_login", "last_seen"}:
        assert answers[question] == getattr(source, question)(), question
    for question in ("rooms", "messages"):
        assert {kind: number for kind, number in answers[question].items() if number} == {
            kind: number for kind, number in getattr(source, question)().items() if number
        }
    by_type = {type_: sum(one.count for one in answers["users"] if one.type == type_) for type_ in User.Type.values}
    assert by_type == {type_: User.objects.filter(type=type_).count() for type_ in User.Type.values}


def test_there_is_a_snapshot_in_each_hour_except_in_the_gap(past: list[Snapshot], viewer: Person) -> None:
    slots = {snapshot.slot for snapshot in past}
    first = START.replace(minute=0) + HOUR
    hours = {first + number * HOUR for number in range(30 * 24 - 1)}
    missing = {hour for hour in hours if hour in STORY.gap}
    assert len(slots) == len(past)
    assert hours - slots == missing
    assert len(missing) == 5
    shown = history(viewer, "onlineUsers", STORY.gap.since - HOUR, STORY.gap.until + HOUR)
    assert [value is None for value in shown.values()] == [False, *[True] * 5, False]
    assert "Gaps: " in history_page(viewer, "onlineUsers", STORY.gap.since - HOUR, STORY.gap.until + HOUR)


def test_in_the_evening_of_trouble_load_is_high_memory_is_scarce_and_probes_fail(past: list[Snapshot], viewer: Person) -> None:
    measured = [snapshot for snapshot in past if snapshot.document["os"]]
    troubled = [snapshot.document["os"] for snapshot in measured if snapshot.created_at in STORY.trouble]
    others = [snapshot.document["os"] for snapshot in measured if snapshot.created_at not in STORY.trouble]
    assert min(system["loadavg"][0] for system in troubled) > max(system["loadavg"][0] for system in others)
    assert max(system["freemem"] for system in troubled) < min(system["freemem"] for system in others)

    failed = [snapshot for snapshot in past if snapshot.problems]
    assert failed
    assert all(snapshot.created_at in STORY.trouble for snapshot in failed)
    assert all(snapshot.document[key] is None for snapshot in failed for key in snapshot.problems)
    page = viewer.browser().get(f"/statistics/snapshots/{failed[0].pk}/").content.decode()
    assert failed[0].problems["os"] in page


def test_people_come_in_the_morning_and_leave_in_the_evening(past: list[Snapshot]) -> None:
    online: dict[bool, list[int]] = {True: [], False: []}
    for snapshot in past:
        if snapshot.created_at > STORY.release and snapshot.created_at.weekday() < 5 and snapshot.created_at.hour in {3, 14}:
            online[snapshot.created_at.hour == 14].append(snapshot.document["onlineUsers"])
    assert mean(online[True]) > 3 * mean(online[False])


def test_the_release_changes_the_version_and_who_counts_as_online(past: list[Snapshot], viewer: Person) -> None:
    before = [snapshot.document for snapshot in past if snapshot.created_at < STORY.release]
    after = [snapshot.document for snapshot in past if snapshot.created_at >= STORY.release]
    [former], [current] = {one["version"] for one in before}, {one["version"] for one in after}
    assert former != current
    assert max(one["migration"]["version"] for one in before) < min(one["migration"]["version"] for one in after)
    nights = [[one["onlineUsers"] for one in part if "T03:" in one["createdAt"]] for part in (before, after)]
    assert User.objects.filter(type=User.Type.BOT, is_active=True, date_joined__lt=START).exists()
    assert mean(nights[0]) > mean(nights[1]) + 0.5
    [note] = Annotation.objects.filter(key="onlineUsers")
    page = history_page(viewer, "onlineUsers", STORY.release - HOUR, STORY.release + 3 * HOUR)
    assert note.text in page
    # The chart has a mark where what it says ends.
    assert page.count('<svg class="mark"') == 1


def test_simulated_snapshots_say_that_they_are(past: list[Snapshot], viewer: Person) -> None:
    assert {(snapshot.host, snapshot.origin) for snapshot in past} == {(HOST, Origin.SCHEDULE)}
    assert HOST in viewer.browser().get(f"/statistics/snapshots/{past[-1].pk}/").content.decode()


def test_a_snapshot_that_is_taken_follows_the_simulated_ones(past: list[Snapshot]) -> None:
    taken = generate(Origin.COMMAND)
    assert Snapshot.objects.latest_taken() == taken
    assert taken.number == len(past) + 1
    assert taken.server == past[-1].server
    assert taken.document["installedAt"] == past[-1].document["installedAt"]
    assert Installation.objects.the_one().installed_at <= past[0].created_at


def test_people_were_there_on_more_days_than_they_wrote(past: list[Snapshot], viewer: Person) -> None:
    roll_up_events(chat_source(NOW), NOW)
    backfill_history(chat_source(NOW), NOW)
    create_visits(START, NOW)
    wrote, present = (
        [number or 0 for number in history(viewer, metric, START + DAY, NOW, "day").values()][:-1]
        for metric in ("activeUsersDaily", "presentUsersDaily")
    )
    assert len(present) == len(wrote) > 25
    assert all(there >= writing for there, writing in zip(present, wrote, strict=True))
    assert mean(present) > 1.2 * mean(wrote)
    assert max(present) <= User.objects.filter(type__in=PEOPLE).count()


def test_a_later_start_adds_what_is_missing(past: list[Snapshot]) -> None:
    later = NOW + timedelta(days=2)
    create_past(past[-1].created_at, later, NOTHING)
    new = Snapshot.objects.since(NOW - HOUR).oldest_first().exclude(pk=past[-1].pk)
    assert [snapshot.slot for snapshot in new] == [NOW.replace(minute=0) + number * HOUR for number in range(48)]
    assert create_past(new.last().created_at, later, NOTHING) == 0  # type: ignore[union-attr]
    assert not [snapshot for snapshot in new if snapshot.problems]


@pytest.mark.parametrize("days", range(7))
def test_the_story_fits_into_what_people_look_at_first(days: int) -> None:
    now = NOW + timedelta(days=days)
    story = Story.before(now)
    assert now - timedelta(days=7) < story.gap.since < story.gap.until < now
    assert story.gap.since.weekday() < 5
    assert now - timedelta(days=28) < story.release < story.trouble.since < story.trouble.until < story.gap.since


def history(person: Person, metric: str, since: datetime, until: datetime, step: str = "hour") -> dict[str, float | None]:
    """Return the values of a metric by step, as the API answers them."""
    with time_machine.travel(NOW):
        response = person.get("statistics.history", metrics=metric, step=step, **span(since, until)).json()
    [series] = response["series"]
    return dict(zip(response["times"], series["values"], strict=True))


def history_page(person: Person, metric: str, since: datetime, until: datetime) -> str:
    """Return the page with the history of a metric by hour."""
    with time_machine.travel(NOW):
        parameters = {"metrics": metric, "step": "hour", "tz": "UTC", **span(since, until)}
        return person.browser().get("/statistics/history/", parameters).content.decode()


def span(since: datetime, until: datetime) -> dict[str, str]:
    """Return the parameters for a time range."""
    return {"since": wire_time(since) or "", "until": wire_time(until) or ""}
