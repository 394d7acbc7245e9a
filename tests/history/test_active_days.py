"""Who wrote when is kept, whatever becomes of the messages."""

from collections.abc import Collection
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from statistics_app.history.active_days import add_written_days
from statistics_app.history.activity import Activity, people_by_step
from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.recent_people import recent_numbers
from statistics_app.history.steps import quarter_number, quarter_of
from statistics_app.models import EventCoverage, EventRollup, Person, SeenDay, WrittenDay
from statistics_app.monitoring.exposition import exposition
from statistics_app.sources.active_days import PER_DAY, PER_MASK
from statistics_app.sources.loading import chat_source
from statsproject.chat.models import Message, Room, Subscription, User
from tests.factories import make_messages, make_room, make_user
from tests.oracles.activity import ZONES, Written, compare, compare_heat_map, compare_rooms

from .conftest import at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def make_message(room: Room, **columns: Any) -> Message:
    return make_messages(room, 1, **columns)[0]


def roll_up() -> None:
    roll_up_events(chat_source(timezone.now()), timezone.now())


def backfill() -> None:
    roll_up()
    backfill_history(chat_source(timezone.now()), timezone.now())


def written() -> set[tuple[str, int]]:
    """Return every account with each quarter of an hour in which it wrote, by the history."""
    accounts = dict(Person.objects.values_list("pk", "account"))
    return {
        (str(accounts[row.person]), row.day * PER_DAY + n)
        for row in WrittenDay.objects.all()
        for n in range(PER_DAY)
        if (row.am | row.pm << PER_MASK) >> n & 1
    }


def sent(messages: Collection[Message]) -> set[tuple[str, int]]:
    return {(str(message.author_id), quarter_number(message.sent_at)) for message in messages if message.author_id}


@pytest.fixture
def messages() -> list[Message]:
    """Messages of some people, at the ends of days and of halves of days, of now and of long ago."""
    room = make_room("c")
    people = [make_user(name) for name in ("anna", "ben", "cleo")]
    moments = [at(2024, 2, 29, 11, 59, 59), at(2024, 2, 29, 12), at(2023, 12, 31, 23, 59), at(2024, 1, 1), timezone.now()]
    return [make_message(room, author=person, sent_at=moment) for person in people for moment in moments] + [
        make_message(room, author=None, sent_at=moments[0])
    ]


def test_authors_are_known_from_the_past_and_from_now_on(messages: list[Message]) -> None:
    backfill()
    assert written() == sent(messages)
    more = [make_message(message.room, author=message.author, sent_at=timezone.now()) for message in messages]
    late = make_message(more[0].room, author=make_user("late"), sent_at=at(2024, 2, 28, 5))
    roll_up()
    assert written() == sent([*messages, *more, late])


def test_what_is_deleted_was_written_all_the_same(messages: list[Message]) -> None:
    backfill()
    before = written()
    brief = make_message(messages[0].room, author=make_user("brief"), sent_at=timezone.now())
    Message.objects.all().delete()
    roll_up()
    assert written() == before | sent([brief])


def test_an_account_that_is_deleted_stays_counted(messages: list[Message]) -> None:
    backfill()
    before = written()
    User.objects.all().delete()
    roll_up()
    assert written() == before


def test_messages_in_rooms_that_do_not_count_have_no_authors() -> None:
    make_message(make_room("v"), author=make_user("nobody"), sent_at=timezone.now() - timedelta(hours=1))
    backfill()
    assert written() == set()


def test_adding_days_again_changes_no_row(messages: list[Message]) -> None:
    backfill()
    source = chat_source(timezone.now())
    days = list(source.active_accounts(at(2020, 1, 1), timezone.now() + timedelta(days=1)))
    assert add_written_days(source, days, "default") == 0


def test_types_first_and_last_activity_are_known(messages: list[Message]) -> None:
    bot = make_user("bot", type=User.Type.BOT)
    make_message(messages[0].room, author=bot, sent_at=at(2024, 3, 1, 1))
    backfill()
    first, last = at(2023, 12, 31, 23, 45), max(message.sent_at for message in messages)
    for person in Person.objects.all():
        is_bot = person.account == bot.pk
        assert person.type == ("bot" if is_bot else "user")
        moments = (at(2024, 3, 1, 1),) * 2 if is_bot else (first, last)
        assert (person.first_quarter, person.last_quarter) == tuple(map(quarter_number, moments))


def test_numbers_of_people_equal_those_of_a_plain_script() -> None:
    rng = Random(18)
    rooms, people = [make_room(kind) for kind in "ccpd"], [make_user(f"person-{n}") for n in range(12)]
    bot = make_user("bot", type=User.Type.BOT)
    # Around changes of the clocks, and with silences of about the length after which people are gone.
    starts = [
        at(2023, 3, 20, 0),
        at(2023, 3, 31, 0),
        at(2023, 5, 6, 0),
        at(2023, 10, 1, 0),
        at(2023, 12, 30, 0),
        at(2024, 2, 28, 0),
    ]
    found = []
    for start in starts:
        for author in [*rng.sample(people, 7), bot]:
            for _ in range(rng.randint(1, 5)):
                moment = start + timedelta(minutes=rng.randint(0, 9 * 24 * 60))
                found.append(Message(room=rng.choice(rooms), author=author, sent_at=moment))
    Message.objects.bulk_create(found)
    backfill()
    Message.objects.filter(pk__in=[message.pk for message in found[::2]]).delete()
    roll_up()
    everything = [Written(str(message.author_id), message.sent_at, message.room_id) for message in found]
    written = [message for message in everything if message.author != bot.pk]
    for zone in ZONES:
        in_rooms = compare_rooms(everything, {bot.pk}, zone)
        compared = [*compare(written, zone), compare_heat_map([message.sent_at for message in found], zone), in_rooms]
        assert [lines for _, _, lines in compared if lines] == []
        assert min(number for _, number, _ in compared) > 1


def test_who_reads_or_signs_in_was_there_and_did_not_write() -> None:
    room, reader, visitor = make_room("c"), make_user("reader"), make_user("visitor")
    roll_up()
    earlier = timezone.now() - timedelta(days=2)
    make_user("absent", last_login=earlier)
    Subscription.objects.create(user=reader, room=room, last_seen_at=timezone.now())
    User.objects.filter(pk=visitor.pk).update(last_login=timezone.now())
    roll_up()
    present = Person.objects.filter(pk__in=SeenDay.objects.values("person"))
    assert {person.account for person in present} == {reader.pk, visitor.pk}
    assert not WrittenDay.objects.exists()
    today = quarter_of(timezone.now()).replace(hour=0, minute=0)
    days = [today, today + timedelta(days=1)]
    assert people_by_step(Activity.PRESENT, days, "default") == [2]
    assert people_by_step(Activity.WROTE, days, "default") == [0]
    make_message(room, author=reader, sent_at=timezone.now())
    make_message(room, author=make_user("writer"), sent_at=timezone.now())
    roll_up()
    assert people_by_step(Activity.PRESENT, days, "default") == [3]
    assert people_by_step(Activity.WROTE, days, "default") == [2]


def test_who_reads_and_signs_in_on_one_day_was_there_once() -> None:
    roll_up()
    both = make_user("both", last_login=timezone.now())
    for _ in range(2):
        Subscription.objects.create(user=both, room=make_room("c"), last_seen_at=timezone.now())
    roll_up()
    today = quarter_of(timezone.now()).replace(hour=0, minute=0)
    assert people_by_step(Activity.PRESENT, [today, today + timedelta(days=1)], "default") == [1]


def wrote(bounds: list[datetime]) -> list[int]:
    return people_by_step(Activity.WROTE, bounds, "default", EventCoverage.objects.get().past)


def test_numbers_of_the_past_are_counted_again_when_it_changes(messages: list[Message]) -> None:
    backfill()
    days = [at(2024, 2, 28), at(2024, 2, 29), at(2024, 3, 1)]
    assert wrote(days) == [0, 3]
    with CaptureQueriesContext(connection) as again:
        assert wrote(days) == [0, 3]
    assert not [query for query in again if "writtenday" in query["sql"]]
    late = make_message(messages[0].room, author=make_user("late"), sent_at=days[0])
    roll_up()
    assert wrote(days) == [1, 3]
    # An account that becomes a bot is no person any more.
    User.objects.filter(pk=late.author_id).update(type=User.Type.BOT)
    make_message(messages[0].room, author=late.author, sent_at=timezone.now())
    roll_up()
    assert wrote(days) == [0, 3]


def test_the_step_in_progress_is_always_counted(messages: list[Message]) -> None:
    backfill()
    today = quarter_of(timezone.now()).replace(hour=0, minute=0)
    days = [today, today + timedelta(days=1)]
    assert wrote(days) == [3]
    make_message(messages[0].room, author=make_user("fourth"), sent_at=timezone.now())
    roll_up()
    assert wrote(days) == [4]


def test_monitors_read_the_people_of_the_days_up_to_midnight() -> None:
    room, midnight = make_room("c"), quarter_of(timezone.now()).replace(hour=0, minute=0)
    for number, days in enumerate((0.5, 3, 20, 20, 60)):
        make_message(room, author=make_user(f"author-{number}"), sent_at=midnight - timedelta(days=days))
    make_message(room, author=make_user("today"), sent_at=midnight)
    backfill()
    assert recent_numbers() == []
    roll_up()
    assert recent_numbers() == [("wrote", 1, 1), ("wrote", 7, 2), ("wrote", 28, 4)]
    with CaptureQueriesContext(connection) as again:
        roll_up()
    assert not [query for query in again if "DISTINCT person" in query["sql"]]
    make_message(room, author=make_user("late"), sent_at=midnight - timedelta(days=5))
    roll_up()
    assert recent_numbers() == [("wrote", 1, 1), ("wrote", 7, 3), ("wrote", 28, 5)]
    text, _ = exposition("")
    assert '_active_people{activity="wrote",days="7"} 3.0' in text.decode()


def test_the_past_changes_with_the_type_of_an_account_that_was_only_seen() -> None:
    room, reader = make_room("c"), make_user("reader")
    roll_up()
    subscription = Subscription.objects.create(room=room, user=reader, last_seen_at=timezone.now())
    roll_up()
    before = EventCoverage.objects.get().past
    User.objects.filter(pk=reader.pk).update(type=User.Type.BOT)
    Subscription.objects.filter(pk=subscription.pk).update(last_seen_at=timezone.now())
    roll_up()
    assert Person.objects.get().type == "bot"
    assert EventCoverage.objects.get().past != before


def test_monitors_learn_of_messages_of_yesterday_that_come_late() -> None:
    room, now = make_room("c"), timezone.now()
    make_message(room, author=make_user("anna"), sent_at=now - timedelta(days=40))
    backfill()
    roll_up()
    assert ("wrote", 1, 0) in recent_numbers()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    make_message(room, author=make_user("ben"), sent_at=midnight - timedelta(minutes=5))
    roll_up()
    assert ("wrote", 1, 1) in recent_numbers()


def test_an_audit_that_finds_messages_finds_their_authors(messages: list[Message]) -> None:
    backfill()
    before = written()
    WrittenDay.objects.all().delete()
    EventRollup.objects.filter(key__startswith="messages").delete()
    call_command("audit_tallies", stdout=StringIO())
    assert written() == before
