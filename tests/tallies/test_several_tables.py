"""Several tables of one kind, direct messages without rooms, rooms by a path: the same numbers as counted in Python."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.audit import audit_events
from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import THE_END, mark_dirty, roll_up_events
from statistics_app.history.steps import quarter_number
from statistics_app.models import EventCoverage, EventRollup, RoomDay
from statistics_app.models import Person as KnownPerson
from statistics_app.models import Room as KnownRoom
from statistics_app.models.activity import WrittenDay
from statistics_app.models.snapshot import Counting, Origin
from statistics_app.snapshots import generation
from statistics_app.sources.active_days import PER_DAY
from statistics_app.sources.base import RoomKind
from statistics_app.sources.loading import chat_source
from statistics_app.sources.mapped import MappedSource
from statistics_app.tallies.declared import TallySet, clear_declared_tallies, declared_tallies
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.source import TalliedSource
from tests.manychat.chat import NOON, Chat, answers, create_tables, drop_tables, messages, pair, rooms
from tests.manychat.models import Booth, Hall, Letter, Person, Picture, Scan, Speech, Telegram, Whisper
from tests.manychat.source import ManyChatSource, OnlyHalls, WithoutPosts

from .conftest import differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

WRITES = 15


@pytest.fixture
def manychat(tallies: TallySet, settings: Settings) -> Iterator[None]:
    """The tables of the chat of several tables, without running counts."""
    create_tables()
    use(settings, ManyChatSource)
    try:
        yield
    finally:
        Installer(declared_tallies(ManyChatSource(timezone.now())), report=str).uninstall()
        drop_tables()
        clear_declared_tallies()


def use(settings: Settings, source: type[MappedSource]) -> None:
    """Configure a source."""
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{source.__module__}.{source.__name__}"}
    clear_declared_tallies()


def install(source: type[MappedSource]) -> TallySet:
    """Install the counts of a source."""
    counts = declared_tallies(source(timezone.now()))
    Installer(counts, report=str).install()
    return counts


def require_right(source: type[MappedSource], after: list[str]) -> None:
    """Require the numbers that are counted in Python of the live and the tallied source."""
    at, expected = timezone.now(), answers()
    tallied = TalliedSource(source(at))
    assert not any(tallied.defects.values()), tallied.defects
    for question, answer in expected.items():
        assert getattr(source(at), question)() == answer, (question, "live", after)
        assert getattr(tallied, question)() == answer, (question, "tallied", after)
    per_room = Counter(message.room for message in messages())
    for limit in (1, 3, 100):
        for one in (source(at), tallied):
            listed = one.top_rooms(limit)
            assert [room.messages for room in listed] == [n for _, n in per_room.most_common(limit)], after
            assert all(per_room[room.room] == room.messages and rooms()[room.room] is room.kind for room in listed), after


def test_the_declarations_are_accepted(manychat: None) -> None:
    assert ManyChatSource.check() == []


def test_each_table_is_counted_by_triggers_that_a_trigger_can_count(manychat: None) -> None:
    counts = declared_tallies(ManyChatSource(timezone.now()))
    assert [definition.name for definition in counts.definitions] == [
        *("users", "rooms", "rooms_2", "uploads", "uploads_2"),
        *("messages", "messages_2", "messages_3", "messages_4", "messages_5"),
    ]
    assert counts.reasons == {"messages_6": "'topic__hall' of manychat.Post follows a relation to another table."}


@pytest.mark.parametrize("seed", range(2))
def test_the_numbers_of_all_tables_are_right_after_any_writes(manychat: None, seed: int) -> None:
    chat, after = Chat(seed), [str(seed)]
    counts = install(ManyChatSource)
    require_right(ManyChatSource, after)
    for number in range(WRITES):
        after.append(chat.act())
        if number % 5 == 0:
            require_right(ManyChatSource, after)
        if chat.rng.random() < 0.3:
            fold(counts)
    require_right(ManyChatSource, after)
    assert differences(counts) == []
    fold(counts)
    require_right(ManyChatSource, after)
    assert differences(counts) == []


def test_an_audit_finds_a_wrong_sum_of_any_table(manychat: None) -> None:
    Chat(1)
    counts = install(ManyChatSource)
    fold(counts)
    for name, key in (("messages_4", "room 1/2"), ("rooms_2", "[")):
        table = next(one for one in counts.of(name).tables if "_total" in one)  # type: ignore[union-attr]
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET n = n + 1")
        assert differences(counts), (name, key)
        Installer(counts, report=str).install(recount=[name])
        assert differences(counts) == []


def test_both_directions_of_two_accounts_are_one_room(manychat: None) -> None:
    one, other = Person.objects.create(), Person.objects.create()
    install(ManyChatSource)
    Letter.objects.create(author=one, recipient=other, at=NOON)
    Letter.objects.create(author=other, recipient=one, at=NOON)
    Telegram.objects.create(sender=other, receiver=one, at=NOON)
    Letter.objects.create(author=one, recipient=one, at=NOON)
    Letter.objects.create(author=one, recipient=None, at=NOON)
    for source in (ManyChatSource(timezone.now()), TalliedSource(ManyChatSource(timezone.now()))):
        assert source.rooms()[RoomKind.DIRECT] == 2
        assert source.messages()[RoomKind.DIRECT] == 4
        assert [(room.room, room.messages) for room in source.top_rooms()] == [
            (pair(one.pk, other.pk), 3),
            (pair(one.pk, one.pk), 1),
        ]


def require_right_history(after: list[str]) -> None:
    """Require that the history has each message once: by kind, by room and by author."""
    sent = list(messages())
    by_kind = Counter[str]()
    for row in EventRollup.objects.filter(key__startswith="messages:"):
        by_kind[row.key] += row.number - row.removed + row.moved
    assert +by_kind == Counter(f"messages:{message.kind}" for message in sent), after
    keys, by_room = dict(KnownRoom.objects.values_list("pk", "key")), Counter[tuple[str, int]]()
    for day in RoomDay.objects.all():
        for part, (number, removed) in day.quarters.items():
            by_room[keys[day.room], day.day * PER_DAY + int(part)] += number - removed
    assert +by_room == Counter((message.room, quarter_number(message.at)) for message in sent), after
    days = {(int(account), day) for account, day in _written()}
    assert {(message.author, quarter_number(message.at) // PER_DAY) for message in sent if message.author} <= days, after


def _written() -> Iterator[tuple[str, int]]:
    accounts = dict(KnownPerson.objects.values_list("pk", "account"))
    return ((accounts[day.person], day.day) for day in WrittenDay.objects.all())


@pytest.mark.parametrize("is_installed", [True, False])
def test_the_history_has_each_message_once_after_any_writes(manychat: None, settings: Settings, is_installed: bool) -> None:
    if not is_installed:
        settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    chat, after = Chat(7), ["rows"]
    # Without triggers, the history covers what is not older than its first event.
    Telegram.objects.create(sender_id=chat.key_of(Person), receiver_id=chat.key_of(Person), at=NOON - timedelta(hours=1))
    if is_installed:
        install(ManyChatSource)
    roll_up()
    backfill_history(chat_source(timezone.now()), timezone.now())
    require_right_history(after)
    for number in range(WRITES):
        after.append(chat.act())
        if is_installed and number == WRITES // 2:
            roll_up_and_require(after)
    roll_up_and_require(after)
    assert list(audit_events(chat_source(timezone.now()), timezone.now())) == []


def roll_up_and_require(after: list[str]) -> None:
    """Roll up, and compare; without triggers, what happened long ago is only found when everything is reconciled."""
    coverage = EventCoverage.objects.get()
    mark_dirty([(coverage.since, THE_END)], "default")
    roll_up()
    require_right_history(after)


def roll_up() -> None:
    """Roll the events up."""
    roll_up_events(chat_source(timezone.now()), timezone.now())


def test_what_triggers_recorded_of_several_tables_is_taken_without_reading_rows(manychat: None, settings: Settings) -> None:
    use(settings, WithoutPosts)
    Chat(3)
    install(WithoutPosts)
    roll_up()
    backfill_history(chat_source(timezone.now()), timezone.now())
    one, booth = Person.objects.first(), Booth.objects.create(pk=77, opened_at=NOON)
    hall = Hall.objects.create(pk=77, is_listed=True, opened_at=NOON)
    before = sent_in()
    Whisper.objects.create(booth=booth, author=one, at=NOON)
    Speech.objects.create(hall=hall, author=one, at=NOON)
    Letter.objects.create(author=one, recipient=one, at=NOON)
    assert roll_up_events(chat_source(timezone.now()), timezone.now()) == 0
    added = sent_in() - before
    assert added == Counter({"manychat.booth:77": 1, "77": 1, pair(one.pk, one.pk): 1})  # type: ignore[union-attr]


def sent_in() -> Counter[str]:
    """Return what was sent in each room, by the history."""
    keys = dict(KnownRoom.objects.values_list("pk", "key"))
    return Counter({keys[room]: sum(row.number for row in rows) for room, rows in _days().items()})


def _days() -> dict[int, list[RoomDay]]:
    days: dict[int, list[RoomDay]] = {}
    for row in RoomDay.objects.all():
        days.setdefault(row.room, []).append(row)
    return days


def test_rooms_of_all_tables_have_labels(manychat: None) -> None:
    one, other = Person.objects.create(), Person.objects.create()
    hall, booth = Hall.objects.create(pk=5, is_listed=True, opened_at=NOON), Booth.objects.create(pk=5, opened_at=NOON)
    assert hall.pk == booth.pk
    Letter.objects.create(author=one, recipient=other, at=NOON)
    keys = ["5", "manychat.booth:5", pair(one.pk, other.pk), pair(one.pk, one.pk), "6", "manychat.booth:6", "gone.table:1"]
    labels = ManyChatSource(timezone.now()).room_labels(keys)
    assert {key: label.kind for key, label in labels.items()} == {
        "5": RoomKind.CHANNEL,
        "manychat.booth:5": RoomKind.PRIVATE_GROUP,
        pair(one.pk, other.pk): RoomKind.DIRECT,
    }


def test_a_snapshot_counts_all_tables(manychat: None) -> None:
    Chat(5)
    install(ManyChatSource)
    taken = generation.generate(Origin.COMMAND)
    sent = list(messages())
    assert taken.document["totalMessages"] == len(sent)
    assert taken.document["totalDirectMessages"] == sum(message.kind is RoomKind.DIRECT for message in sent)
    assert taken.document["totalRooms"] == len(rooms())
    assert taken.counting == Counting.MIXED
    assert set(taken.counted_live) == {"messages_6"}


def test_files_are_attributed_to_the_rooms_of_their_table(manychat: None) -> None:
    hall, booth = Hall.objects.create(pk=5, is_listed=True, opened_at=NOON), Booth.objects.create(pk=5, opened_at=NOON)
    Picture.objects.create(hall=hall, size=3, at=NOON)
    Scan.objects.create(booth=booth, size=4, at=NOON)
    assert sorted(ManyChatSource(timezone.now()).room_files()) == [("5", 1, 3), ("manychat.booth:5", 1, 4)]


def test_a_second_table_counts_nothing_twice(manychat: None, settings: Settings) -> None:
    use(settings, OnlyHalls)
    Chat(4)
    install(OnlyHalls)
    roll_up()
    backfill_history(chat_source(timezone.now()), timezone.now())
    use(settings, ManyChatSource)
    install(ManyChatSource)
    roll_up()
    require_right_history(["all tables were declared"])
