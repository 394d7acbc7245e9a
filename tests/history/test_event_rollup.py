"""Rollup of events by quarter of an hour: recounted after changes, complete after a back-fill, consistent after a crash."""

import random
from collections import Counter
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from statistics_app.exceptions import InvalidAnswer
from statistics_app.history import event_rollup
from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.rebuild import rebuild_rollups
from statistics_app.history.steps import quarter_of
from statistics_app.models import DirtyRange, EventCoverage, EventRollup
from statistics_app.sources.base import ChatSource, RoomKind
from statistics_app.sources.event_kinds import REMOVAL
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.source import tallied_source
from statsproject.chat.models import Message, Room, Upload, User
from tests.factories import make_room, make_user

from .conftest import at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

NOW = at(2026, 3, 20, 12, 34)


def fill(chance: random.Random, since: datetime, until: datetime, messages: int = 300) -> None:
    """Create chat rows with timestamps between two times."""

    def moment() -> datetime:
        return since + (until - since) * chance.random()

    rooms = [make_room(kind, created_at=moment()) for kind in "cpdlx"]
    Message.objects.bulk_create(Message(room=chance.choice(rooms), sent_at=moment()) for _ in range(messages))
    Upload.objects.bulk_create(Upload(size=chance.randrange(1000), uploaded_at=moment()) for _ in range(20))
    for _ in range(10):
        make_user(date_joined=moment())


def by_hand(since: datetime, until: datetime) -> dict[tuple[str, datetime], int]:
    """Count the events of a time range by key and quarter, row by row in Python."""
    counts: Counter[tuple[str, datetime]] = Counter()
    counted = {room.pk: room.type for room in Room.objects.filter(type__in="cpdl")}
    rows: list[tuple[str, datetime, int]] = [
        *((f"messages:{counted[row.room_id]}", row.sent_at, 1) for row in Message.objects.filter(room__in=counted)),
        *((f"rooms:{row.type}", row.created_at, 1) for row in Room.objects.filter(pk__in=counted)),
        *(("users", row.date_joined, 1) for row in User.objects.all()),
        *(("uploads", row.uploaded_at, 1) for row in Upload.objects.all()),
        *(("bytes", row.uploaded_at, row.size) for row in Upload.objects.all()),
    ]
    for key, moment, number in rows:
        if since <= moment < until:
            counts[key, quarter_of(moment)] += number
    return {key_and_quarter: number for key_and_quarter, number in counts.items() if number}


def stored() -> dict[tuple[str, datetime], int]:
    """Return how many rows there are now, by key and quarter, according to the history."""
    rows = EventRollup.objects.exclude(key__startswith=REMOVAL)
    return {(row.key, row.quarter): n for row in rows if (n := row.number - row.removed + row.moved)}


def source() -> Any:
    return chat_source(timezone.now())


def test_the_first_time_counting_begins_now(db: None) -> None:
    fill(random.Random(1), at(2026, 3, 1), NOW)
    roll_up_events(source(), NOW)
    covered = EventCoverage.objects.get()
    assert (covered.since, covered.measured_since, covered.until) == (at(2026, 3, 20, 12, 30), at(2026, 3, 20, 12, 30), NOW)
    assert stored() == by_hand(at(2026, 3, 20, 12, 30), NOW + timedelta(days=1))
    assert not DirtyRange.objects.exists()


def test_a_back_fill_counts_all_that_was_before(db: None) -> None:
    fill(random.Random(2), at(2025, 11, 1), NOW)
    roll_up_events(source(), NOW)
    assert backfill_history(source(), NOW) > 3
    assert stored() == by_hand(at(2000, 1, 1), at(2100, 1, 1))
    covered = EventCoverage.objects.get()
    assert covered.is_complete
    assert covered.since <= Message.objects.order_by("sent_at")[0].sent_at
    assert backfill_history(source(), NOW) == 0


def test_a_back_fill_from_a_moment_on_is_not_complete_and_can_be_taken_further(db: None) -> None:
    fill(random.Random(3), at(2026, 1, 1), NOW)
    backfill_history(source(), NOW, at(2026, 3, 1))
    assert stored() == by_hand(at(2026, 3, 1), quarter_of(NOW))
    assert not EventCoverage.objects.get().is_complete
    backfill_history(source(), NOW)
    assert stored() == by_hand(at(2000, 1, 1), quarter_of(NOW))
    assert EventCoverage.objects.get().is_complete


def test_a_back_fill_leaves_no_gap(db: None) -> None:
    fill(random.Random(11), at(2026, 1, 1), NOW)
    roll_up_events(source(), NOW)
    with pytest.raises(CommandError, match="from 2026-03-20 12:30 UTC onwards; an earlier 'until' would leave a gap"):
        call_command("backfill_history", "--until", "2026-03-01")
    assert not EventRollup.objects.filter(quarter__lt=at(2026, 3, 20)).exists()
    out = StringIO()
    call_command("backfill_history", "--since", "2026-02-01", "--until", "2026-03-21", stdout=out)
    assert "2 windows of time were rebuilt." in out.getvalue()
    assert stored() == by_hand(at(2026, 2, 1), NOW)


def test_an_interrupted_back_fill_continues_where_it_stopped(db: None) -> None:
    fill(random.Random(4), at(2025, 6, 1), NOW)

    def interrupt(done: float, total: float) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backfill_history(source(), NOW, progress=interrupt)
    halfway = EventCoverage.objects.get().since
    assert at(2025, 6, 2) < halfway < NOW
    assert not EventCoverage.objects.get().is_complete
    assert stored() == by_hand(halfway, quarter_of(NOW))
    backfill_history(source(), NOW)
    assert stored() == by_hand(at(2000, 1, 1), quarter_of(NOW))


def test_marked_quarters_are_recounted_over_windows_of_any_distance(db: None) -> None:
    fill(random.Random(5), at(2025, 11, 1), NOW)
    backfill_history(source(), NOW)
    roll_up_events(source(), NOW)
    deleted = list(Message.objects.order_by("sent_at")[:150:10])
    Message.objects.filter(pk__in=[message.pk for message in deleted]).delete()
    event_rollup.mark_dirty([(message.sent_at, message.sent_at) for message in deleted], "default")
    assert roll_up_events(source(), NOW) > 1
    assert stored() == by_hand(at(2000, 1, 1), at(2100, 1, 1))


def test_rebuilding_finds_changes_that_no_trigger_recorded(db: None) -> None:
    fill(random.Random(6), at(2025, 11, 1), NOW)
    backfill_history(source(), NOW)
    roll_up_events(source(), NOW)
    Message.objects.filter(pk__in=[message.pk for message in Message.objects.order_by("sent_at")[:50]]).delete()
    EventRollup.objects.filter(key="users").update(number=77)
    rebuild_rollups(source(), NOW)
    assert stored() == by_hand(at(2000, 1, 1), at(2100, 1, 1))


def test_rows_without_a_plausible_time_are_counted_and_are_no_events(db: None) -> None:
    """Chats write 1970 or the ends of the calendar where they know no time; a chart would begin or end there."""
    room = make_room(created_at=at(1970, 1, 1))
    implausible = [at(1, 1, 1), at(1969, 12, 31, 23, 59, 59), at(1970, 12, 31, 23, 59, 59), at(2200, 1, 1), at(9999, 12, 31)]
    for moment in implausible:
        Message.objects.create(room=room, sent_at=moment)
    out = StringIO()
    call_command("backfill_history", stdout=out)
    assert "1 of chat.Room have no plausible time, such as " in out.getvalue()
    first = min(Message.objects.values_list("pk", flat=True))
    assert (
        f"5 of chat.Message have no plausible time, such as {first}: they are counted, but are in no chart." in out.getvalue()
    )
    roll_up_events(source(), NOW)
    assert stored() == {}
    Message.objects.create(room=room, sent_at=at(1971, 1, 1))
    Message.objects.create(room=room, sent_at=at(2199, 12, 31, 23, 59))
    roll_up_events(source(), NOW)
    assert stored() == {("messages:c", at(1971, 1, 1)): 1, ("messages:c", at(2199, 12, 31, 23, 45)): 1}
    assert tallied_source(NOW).messages()[RoomKind.CHANNEL] == 7


def test_a_source_without_timestamps_has_no_events_and_leaves_no_marks(db: None) -> None:
    for _ in range(3):
        assert roll_up_events(ChatSource(NOW), NOW) == 0
    assert not EventRollup.objects.exists()
    assert not DirtyRange.objects.exists()


def test_a_source_of_another_database_is_read_row_by_row_and_gives_the_same(db: None) -> None:
    fill(random.Random(7), at(2026, 1, 1), NOW)

    class RowSource(ChatSource):
        def events(self, since: datetime, until: datetime) -> Any:
            return source().events(since, until)

        def first_event(self) -> datetime | None:
            return source().first_event()

    backfill_history(RowSource(NOW), NOW)
    assert stored() == by_hand(at(2000, 1, 1), quarter_of(NOW))


@pytest.mark.parametrize("quarter", [datetime(2026, 3, 2, 9), at(2026, 3, 2, 9, 1), at(2026, 3, 2).date(), 1974000])  # noqa: DTZ001
def test_a_quarter_that_is_none_is_refused_with_the_name_of_the_source(db: None, quarter: Any) -> None:
    class OwnSource(ChatSource):
        def events(self, since: datetime, until: datetime) -> Any:
            return [("users", at(2026, 3, 2, 9), 1), ("uploads", quarter, 2)]

        def first_event(self) -> datetime | None:
            return at(2026, 3, 1)

    with pytest.raises(InvalidAnswer, match=r"OwnSource\.events\(\) counts uploads at "):
        backfill_history(OwnSource(NOW), NOW)
    assert stored() == {}


def test_a_room_that_ceases_to_count_while_its_events_are_counted(db: None) -> None:
    """Windows are counted one after the other, each in its own view of the data, by one source."""
    room = make_room("c", created_at=NOW)
    Message.objects.create(room=room, sent_at=NOW)
    source = chat_source(NOW)
    span = (NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert {event.key for event in source.events(*span)} == {"messages:c", "rooms:c"}
    Room.objects.update(type="x")
    assert list(source.events(*span)) == []


@pytest.mark.parametrize("seed", range(3))
def test_any_change_at_any_time_is_recounted(seed: int) -> None:
    """Triggers record late imports, deletions, corrected times, changed sizes and changed kinds of empty rooms."""
    chance = random.Random(seed)
    fill(chance, at(2025, 6, 1), NOW)
    backfill_history(source(), NOW)
    roll_up_events(source(), NOW)
    for _ in range(6):
        fill(chance, at(2025, 6, 1), NOW, messages=20)
        keys = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        Message.objects.filter(pk__in=chance.sample(keys, 10)).delete()
        Message.objects.filter(pk=chance.choice(keys)).update(sent_at=at(2025, 6, 2) + timedelta(days=chance.randrange(200)))
        Upload.objects.filter(pk=Upload.objects.order_by("?")[0].pk).update(size=7)
        User.objects.order_by("?")[0].delete()
        Room.objects.filter(messages=None).update(type=chance.choice("cpdlx"))
        roll_up_events(source(), NOW)
        assert stored() == by_hand(at(2000, 1, 1), at(2100, 1, 1))


def test_changes_are_added_and_nothing_is_recounted() -> None:
    fill(random.Random(8), at(2025, 6, 1), NOW)
    backfill_history(source(), NOW)
    roll_up_events(source(), NOW)
    assert roll_up_events(source(), NOW) == 0
    EventRollup.objects.update(number=77)
    User.objects.update(presence="away", last_login=NOW)
    assert roll_up_events(source(), NOW) == 0
    [first, last] = [Message.objects.order_by("sent_at")[0], Message.objects.order_by("-sent_at")[0]]
    first.delete()
    last.delete()
    Message.objects.create(room_id=last.room_id, sent_at=last.sent_at)
    assert roll_up_events(source(), NOW) == 0
    happened = EventRollup.objects.exclude(key__startswith=REMOVAL)
    assert sorted({*happened.values_list("number", flat=True)}) == [77, 78]
    assert happened.filter(removed=1).count() == 2


def test_without_triggers_the_last_two_days_are_recounted(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    fill(random.Random(9), at(2026, 3, 1), NOW)
    backfill_history(source(), NOW)
    roll_up_events(source(), NOW)
    counted = by_hand(at(2000, 1, 1), at(2100, 1, 1))
    Message.objects.all().delete()
    roll_up_events(source(), NOW)
    edge = quarter_of(NOW - timedelta(days=2))
    assert stored() == {
        (key, quarter): number for (key, quarter), number in counted.items() if quarter < edge or not key.startswith("messages")
    }


def test_reinstalling_the_tallies_makes_all_events_be_recounted() -> None:
    fill(random.Random(10), at(2025, 12, 1), NOW)
    backfill_history(source(), NOW)
    roll_up_events(source(), NOW)
    call_command("tallies", "uninstall", stdout=StringIO())
    Message.objects.filter(pk__in=[message.pk for message in Message.objects.order_by("sent_at")[:50]]).delete()
    call_command("tallies", "install", stdout=StringIO())
    roll_up_events(source(), NOW)
    assert stored() == by_hand(at(2000, 1, 1), at(2100, 1, 1))
