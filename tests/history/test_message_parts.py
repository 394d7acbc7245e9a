"""Messages in threads and in discussions, which are counted once more by themselves, and their shares."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.message_shares import MESSAGE_SHARES
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import HistoryRange
from statistics_app.history.series import SeriesMode, series
from statistics_app.history.steps import Step
from statistics_app.models import EventRollup
from statistics_app.tallies.declared import clear_declared_tallies
from statsproject.chat.models import Message, Room
from statsproject.chat.statistics_source import WorkspaceSource
from tests.factories import make_messages, make_room

from .conftest import at
from .test_lasting_past import backfill, roll_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

THREADS, DISCUSSIONS = BY_KEY["sentThreadMessages"], BY_KEY["sentDiscussionMessages"]


@pytest.fixture
def discussion() -> Room:
    """A discussion with four messages, two of them in a thread, and its parent room with six, one in a thread."""
    parent = make_room("c")
    discussion = make_room("p", parent=parent)
    for room, numbers in ((parent, (5, 1)), (discussion, (2, 2))):
        make_messages(room, numbers[0], sent_at=at(2025, 3, 1, 12))
        make_messages(room, numbers[1], sent_at=at(2025, 3, 1, 12), thread_root_id="a-root")
    return discussion


def sent() -> tuple[float | None, float | None]:
    month = HistoryRange(at(2025, 3, 1), at(2025, 4, 1), Step.MONTH, ZoneInfo("UTC"))
    found = series([THREADS, DISCUSSIONS], month, SeriesMode.VALUE)
    return found[THREADS][0].value, found[DISCUSSIONS][0].value


def audit() -> str:
    out = StringIO()
    call_command("audit_tallies", stdout=out)
    return out.getvalue()


def test_they_are_counted_in_the_past_and_as_they_come(discussion: Room) -> None:
    backfill()
    assert sent() == (3, 4)
    make_messages(discussion, 1, sent_at=at(2025, 3, 2), thread_root_id="a-root")
    make_messages(discussion, 1, sent_at=at(2025, 3, 2))
    roll_up()
    assert sent() == (4, 6)
    assert "0 differences" in audit()


def test_they_stay_when_they_are_deleted(discussion: Room) -> None:
    backfill()
    Message.objects.all().delete()
    roll_up()
    assert sent() == (3, 4)
    rows = EventRollup.objects.filter(key__in=[*THREADS.events, *DISCUSSIONS.events])
    assert {row.key: (row.number, row.removed) for row in rows} == {"in_threads": (3, 3), "in_discussions": (4, 4)}
    assert "0 differences" in audit()


def test_a_history_of_before_they_were_counted_gets_them_with_the_next_installation(discussion: Room) -> None:
    backfill()
    EventRollup.objects.filter(key__in=[*THREADS.events, *DISCUSSIONS.events]).delete()
    call_command("tallies", "uninstall", stdout=StringIO())
    call_command("tallies", "install", stdout=StringIO())
    roll_up()
    EventRollup.objects.get(key="in_threads")
    assert "0 differences" in audit()
    assert sent() == (3, 4)


def test_a_room_that_becomes_a_discussion_is_no_difference_and_brings_its_messages_along(discussion: Room) -> None:
    backfill()
    Room.objects.filter(parent=None).update(parent=discussion)
    roll_up()
    assert "0 differences" in audit()
    assert sent() == (3, 10)
    # What was sent in a discussion stays when the room is none any more.
    Room.objects.update(parent=None)
    roll_up()
    assert "0 differences" in audit()
    assert sent() == (3, 10)


def test_without_triggers_they_are_counted_too(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    now = timezone.now()
    make_messages(make_room("c", parent=make_room("c")), 2, sent_at=now - timedelta(minutes=1), thread_root_id="a-root")
    roll_up()
    today = HistoryRange(now - timedelta(days=1), now + timedelta(minutes=1), Step.DAY, ZoneInfo("UTC"))
    found = series([THREADS, DISCUSSIONS], today, SeriesMode.VALUE)
    assert [sum(point.value or 0 for point in points) for points in found.values()] == [2, 2]


def test_shares_are_of_all_messages_and_unknown_where_there_are_none(discussion: Room) -> None:
    backfill()
    two_months = HistoryRange(at(2025, 3, 1), at(2025, 5, 1), Step.MONTH, ZoneInfo("UTC"))
    found = series(MESSAGE_SHARES, two_months, SeriesMode.VALUE)
    assert [[point.value for point in points] for points in found.values()] == [[30, None], [40, None]]


def test_what_becomes_a_discussion_can_be_moved_and_corrected(discussion: Room) -> None:
    backfill()
    parent = Room.objects.get(parent=None)
    Room.objects.filter(pk=parent.pk).update(parent=discussion)
    roll_up()
    assert sent() == (3, 10)
    Message.objects.filter(pk__in=Message.objects.filter(room=parent).values("pk")[:3]).update(room=discussion)
    roll_up()
    assert sent() == (3, 10)


def test_a_share_is_never_more_than_all(discussion: Room) -> None:
    """What was sent in a discussion stays when its room is none any more, and its messages may get another time."""
    backfill()
    Room.objects.update(parent=None)
    roll_up()
    Message.objects.exclude(pk=Message.objects.filter(thread_root_id=None).values("pk")[:1]).update(sent_at=at(2025, 4, 1))
    roll_up()
    assert sent() == (0, 4)
    march = HistoryRange(at(2025, 3, 1), at(2025, 4, 1), Step.MONTH, ZoneInfo("UTC"))
    assert [points[0].value for points in series(MESSAGE_SHARES, march, SeriesMode.VALUE).values()] == [0, 100]


class NoThreads(WorkspaceSource):
    """The source of the chat, which does not tell of threads, discussions, or when files were uploaded."""

    assert WorkspaceSource.message_table is not None
    assert WorkspaceSource.room_table is not None
    assert WorkspaceSource.upload_table is not None
    message_table = replace(WorkspaceSource.message_table, thread_root=None)
    room_table = replace(WorkspaceSource.room_table, discussion=None)
    upload_table = replace(WorkspaceSource.upload_table, uploaded_at=None)


def test_what_the_source_does_not_tell_is_unknown_and_not_0(discussion: Room, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.NoThreads"}
    clear_declared_tallies()
    backfill()
    keys = ("sentMessages", "sentThreadMessages", "sentDiscussionMessages", "newUploads", "newUsers")
    month = HistoryRange(at(2025, 3, 1), at(2025, 4, 1), Step.MONTH, ZoneInfo("UTC"))
    found = series([BY_KEY[key] for key in keys], month, SeriesMode.VALUE)
    assert [points[0].value for points in found.values()] == [10, None, None, None, 0]
    assert [points[0].value for points in series(MESSAGE_SHARES, month, SeriesMode.VALUE).values()] == [None, None]
