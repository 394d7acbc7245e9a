"""The messages of rooms: what was sent in each stays, and what becomes of rooms and messages is booked as it is of events."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.audit import audit_events
from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.people import PeopleOfRange
from statistics_app.history.points import HistoryRange
from statistics_app.history.rebuild import rebuild_rollups
from statistics_app.history.rooms import RoomActivity, RoomsOfRange, rooms_of, why_rooms_are_unknown
from statistics_app.history.steps import Step, quarter_number, quarter_of
from statistics_app.models import Room as KnownRoom
from statistics_app.models import RoomAuthorDay, RoomDay
from statistics_app.sources.base import RoomKind
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Message, Room, User
from tests.factories import make_messages, make_room, make_user

from .conftest import at
from .test_activity_metrics import UTC

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

LONG_AGO = at(2024, 3, 5, 23, 50)
SINCE, UNTIL = at(2024, 3, 1), at(2024, 4, 1)


def roll_up() -> None:
    roll_up_events(chat_source(timezone.now()), timezone.now())


def backfill() -> None:
    roll_up()
    backfill_history(chat_source(timezone.now()), timezone.now())


def shown(since: object = SINCE, until: object = UNTIL) -> RoomsOfRange:
    rooms = rooms_of(since, until, UTC)  # type: ignore[arg-type]
    assert rooms is not None
    return rooms


def sent() -> dict[str, int]:
    """Return what was sent in each room in March 2024, by the history."""
    keys = dict(KnownRoom.objects.values_list("pk", "key"))
    return {keys[room.number]: room.messages for room in shown().busiest(0, 100, with_names=False)}


def there() -> dict[tuple[str, int], int]:
    """Return how many messages are there, by room and quarter of an hour, by the history."""
    keys = dict(KnownRoom.objects.values_list("pk", "key"))
    numbers = {
        (keys[row.room], row.day * 96 + int(part)): number - removed
        for row in RoomDay.objects.all()
        for part, (number, removed) in row.quarters.items()
    }
    return {place: number for place, number in numbers.items() if number}


def rows() -> dict[tuple[str, int], int]:
    """Return how many messages are there, counted in the chat's table."""
    return dict(Counter((message.room_id, quarter_number(message.sent_at)) for message in Message.objects.all()))


@pytest.fixture
def channel() -> Room:
    """A public room with ten messages of long ago."""
    room = make_room("c", name="general")
    make_messages(room, 10, sent_at=LONG_AGO)
    return room


def test_what_was_sent_stays_when_it_is_deleted(channel: Room) -> None:
    backfill()
    assert sent() == {channel.pk: 10}
    Message.objects.filter(pk__in=Message.objects.values("pk")[:4]).delete()
    roll_up()
    assert sent() == {channel.pk: 10}
    assert there() == rows() == {(channel.pk, quarter_number(LONG_AGO)): 6}
    # As many as were removed come back, and two more are sent.
    make_messages(channel, 6, sent_at=LONG_AGO)
    roll_up()
    assert there() == rows()
    assert sent() == {channel.pk: 16}


def test_a_message_that_moves_was_sent_in_its_new_room(channel: Room) -> None:
    backfill()
    other = make_room("p")
    Message.objects.filter(pk__in=Message.objects.values("pk")[:3]).update(room=other)
    roll_up()
    assert sent() == {channel.pk: 7, other.pk: 3}
    assert there() == rows()


def test_a_room_that_does_not_count_for_a_time_keeps_what_was_sent(channel: Room) -> None:
    backfill()
    Room.objects.filter(pk=channel.pk).update(type="v")
    roll_up()
    [room] = shown().busiest(0, 10, with_names=True)
    assert (room.messages, room.kind, room.name, room.title) == (10, None, None, f"Former room {room.number}")
    assert there() == {}
    Room.objects.filter(pk=channel.pk).update(type="p")
    roll_up()
    [room] = shown().busiest(0, 10, with_names=True)
    assert (room.messages, room.kind, room.title) == (10, RoomKind.PRIVATE_GROUP, "general")
    assert there() == rows()


@pytest.mark.parametrize("change", ["delete", "insert", "move", "nothing"])
def test_what_no_trigger_recorded_is_reconciled(channel: Room, settings: Settings, change: str) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    now, other = timezone.now(), make_room("c")
    make_messages(channel, 5, sent_at=now)
    backfill()
    changes: dict[str, Callable[[], object]] = {
        "delete": lambda: Message.objects.filter(sent_at=now).first().delete(),  # type: ignore[union-attr]
        "insert": lambda: make_messages(other, 2, sent_at=now),
        "move": lambda: Message.objects.filter(sent_at=now).update(room=other),
        "nothing": lambda: None,
    }
    changes[change]()
    roll_up()
    assert there() == rows()
    roll_up()
    assert there() == rows()


def test_an_audit_finds_no_difference_and_repairs_one(channel: Room) -> None:
    backfill()
    assert list(audit_events(chat_source(timezone.now()), timezone.now())) == []
    RoomDay.objects.update(quarters={"95": [3, 0]}, number=3)
    differences = list(audit_events(chat_source(timezone.now()), timezone.now()))
    assert [(one.kind, one.quarter, one.expected, one.found) for one in differences] == [
        ("messages of a room", at(2024, 3, 5, 23, 45), 3, 10)
    ]
    assert list(audit_events(chat_source(timezone.now()), timezone.now())) == []
    assert there() == rows()
    assert sent() == {channel.pk: 10}


def test_what_was_removed_is_forgotten_on_request(channel: Room) -> None:
    backfill()
    Message.objects.filter(pk__in=Message.objects.values("pk")[:4]).delete()
    roll_up()
    rebuild_rollups(chat_source(timezone.now()), timezone.now(), forget_removed=True)
    assert sent() == {channel.pk: 6}
    assert there() == rows()


def test_rooms_are_compared_with_the_same_time_before(channel: Room) -> None:
    busy, bot = make_room("p", name="secret"), make_user("bot", type=User.Type.BOT)
    for number, moment in ((4, at(2024, 2, 20)), (6, at(2024, 3, 1)), (5, at(2024, 3, 31, 23, 59))):
        make_messages(busy, number, sent_at=moment, author=make_user(f"author-{number}"))
    make_messages(busy, 1, sent_at=at(2024, 3, 2), author=bot)
    make_messages(busy, 1, sent_at=UNTIL, author=bot)
    gone = make_room("d")
    make_messages(gone, 3, sent_at=at(2024, 2, 1))
    backfill()
    # The 31 days before March begin on 30 January.
    first, second, third = shown().busiest(0, 10, with_names=False)
    assert (first.messages, first.before, first.growth, first.people) == (12, 4, 200.0, 2)
    assert (first.name, first.title, first.last_message) == (None, f"Private group {first.number}", UNTIL)
    assert (second.title, second.messages, second.before, second.growth) == ("general", 10, 0, None)
    assert (third.messages, third.before, third.growth, third.kind) == (0, 3, -100.0, RoomKind.DIRECT)
    assert shown().busiest(1, 1, with_names=True) == [second]
    assert shown().number_busy == 3
    growing = shown().fastest_growing(with_names=True)
    assert isinstance(growing, RoomActivity)
    assert growing.title == "general"


def test_days_are_cut_at_any_quarter_of_an_hour(channel: Room) -> None:
    make_messages(channel, 1, sent_at=LONG_AGO - timedelta(days=1))
    backfill()
    for since, until, number in (
        (at(2024, 3, 5, 23, 45), at(2024, 3, 6), 10),
        (at(2024, 3, 5, 23), at(2024, 3, 5, 23, 45), None),
        (at(2024, 3, 4, 23, 45), at(2024, 3, 5, 23, 45), 1),
        (at(2024, 3, 4, 12), at(2024, 3, 6, 12), 11),
    ):
        assert [room.messages for room in shown(since, until).busiest(0, 9, with_names=False) if room.messages] == (
            [number] if number else []
        )


def test_rooms_without_messages_for_long_are_quiet(channel: Room) -> None:
    recent = make_room("c")
    make_messages(recent, 1, sent_at=timezone.now() - timedelta(hours=1))
    backfill()
    rooms = shown(timezone.now() - timedelta(days=30), timezone.now())
    [quiet] = rooms.quiet(90, 0, 10, with_names=False)
    assert (quiet.title, quiet.messages, quiet.last_message) == ("general", 0, at(2024, 3, 5, 23, 45))
    assert (rooms.number_quiet(90), rooms.number_quiet(20_000)) == (1, 0)


def test_a_deleted_room_is_a_former_one(channel: Room) -> None:
    backfill()
    channel.delete()
    roll_up()
    [room] = shown().busiest(0, 10, with_names=True)
    assert (room.title, room.messages) == (f"Former room {room.number}", 10)


def test_a_source_without_rooms_says_so(settings: Settings, channel: Room) -> None:
    backfill()
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": "statistics_app.sources.base.ChatSource"}
    assert rooms_of(SINCE, UNTIL, UTC) is None
    assert "individual rooms" in why_rooms_are_unknown()


def test_who_wrote_where_is_kept(channel: Room) -> None:
    make_messages(channel, 2, sent_at=LONG_AGO, author=make_user("anna"))
    backfill()
    Message.objects.all().delete()
    roll_up()
    assert RoomAuthorDay.objects.count() == 1
    assert [room.people for room in shown().busiest(0, 10, with_names=False)] == [1]


def test_people_are_listed_by_days_and_by_silence(channel: Room) -> None:
    anna, ben, bot = make_user("anna"), make_user("ben"), make_user("robot", type=User.Type.BOT)
    for author, days in ((anna, (1, 2, 3)), (ben, (1, 20)), (bot, (1, 2, 3, 4))):
        for day in days:
            make_messages(channel, 5, sent_at=at(2024, 3, day, 23, 30), author=author)
    make_messages(channel, 1, sent_at=timezone.now() - timedelta(days=1), author=ben)
    backfill()
    people = PeopleOfRange.of(HistoryRange(SINCE, UNTIL, Step.DAY, UTC))
    assert people is not None
    assert [(one.name, one.days) for one in people.most_active(0, 10)] == [("anna", 3), ("ben", 2)]
    assert people.number_active == 2
    now = PeopleOfRange.of(HistoryRange(timezone.now() - timedelta(days=30), timezone.now(), Step.DAY, UTC))
    assert now is not None
    [idle] = now.idle(90, 0, 10)
    assert (idle.name, idle.last_message, now.number_idle(90)) == ("anna", at(2024, 3, 3, 23, 30), 1)
    User.objects.filter(pk=anna.pk).delete()
    assert [one.name for one in now.idle(90, 0, 10)] == [None]


def test_the_time_before_is_as_long_by_the_clocks(channel: Room) -> None:
    make_messages(channel, 1, sent_at=at(2024, 1, 1))
    backfill()
    berlin = ZoneInfo("Europe/Berlin")
    # March 2024 in Berlin has an hour less than 31 days, and the 31 days before it do not.
    rooms = rooms_of(datetime(2024, 3, 1, tzinfo=berlin), datetime(2024, 4, 1, tzinfo=berlin), berlin)
    assert rooms is not None
    assert rooms.previous_since == datetime(2024, 1, 30, tzinfo=berlin)


def test_the_last_message_is_another_one_when_it_is_moved_or_its_time_is_corrected(channel: Room) -> None:
    other, now = make_room("c", name="other"), timezone.now()
    [moved] = make_messages(channel, 1, sent_at=now - timedelta(hours=1))
    [late] = make_messages(other, 1, sent_at=at(2150, 1, 1))
    backfill()
    Message.objects.filter(pk=moved.pk).update(room=other)
    Message.objects.filter(pk=late.pk).update(sent_at=at(2024, 3, 5))
    roll_up()
    rooms = {room.title: room for room in shown(at(2024, 1, 1), now + timedelta(days=1)).busiest(0, 9, with_names=True)}
    assert rooms["general"].last_message == quarter_of(LONG_AGO)
    assert rooms["other"].last_message == quarter_of(now - timedelta(hours=1))
    assert [room.title for room in shown().quiet(10, 0, 9, with_names=True)] == ["general"]
    recent = shown(now - timedelta(days=9), now + timedelta(days=1))
    assert [room.title for room in recent.quiet(90, 0, 9, with_names=True)] == ["general"]


def test_a_room_whose_messages_all_moved_away_has_no_last_message(channel: Room) -> None:
    backfill()
    Message.objects.all().update(room=make_room("c", name="other"))
    roll_up()
    known = dict(KnownRoom.objects.values_list("key", "last_quarter"))
    assert known[channel.pk] is None
    assert known[Room.objects.get(name="other").pk] == quarter_number(LONG_AGO)


def test_forgetting_what_was_removed_forgets_when_it_was_sent(channel: Room) -> None:
    make_messages(channel, 1, sent_at=at(2024, 3, 7))
    backfill()
    Message.objects.filter(sent_at__gte=at(2024, 3, 7)).delete()
    roll_up()
    assert KnownRoom.objects.get(key=channel.pk).last_quarter == quarter_number(at(2024, 3, 7))
    rebuild_rollups(chat_source(timezone.now()), timezone.now(), forget_removed=True)
    assert KnownRoom.objects.get(key=channel.pk).last_quarter == quarter_number(LONG_AGO)
