"""What happened stays in the history, whatever becomes of the rows; what is removed is counted when it is removed."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from statistics_app.history.audit import audit_all
from statistics_app.history.backfill import backfill_history
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import HistoryRange
from statistics_app.history.series import SeriesMode, series
from statistics_app.history.steps import Step, quarter_of
from statistics_app.models import EventRollup, TallyAudit
from statistics_app.sources.base import ChatSource
from statistics_app.sources.event_kinds import REMOVAL
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import clear_declared_tallies
from statsproject.chat.models import Message, Room, Upload, User
from tests.factories import make_messages, make_room, make_user

from .conftest import at
from .soft_deletion import SoftDeletionSource

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

Numbers = dict[datetime, tuple[int, int]]


@pytest.fixture
def soft_deletion(settings: Settings) -> Iterator[None]:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{SoftDeletionSource.__module__}.{SoftDeletionSource.__name__}"}
    clear_declared_tallies()
    call_command("tallies", "install", stdout=StringIO())
    yield
    settings.STATISTICS = {
        **settings.STATISTICS,
        "SOURCE": "statsproject.chat.statistics_source.WorkspaceSource",
    }
    clear_declared_tallies()
    call_command("tallies", "install", stdout=StringIO())


def roll_up() -> None:
    now = timezone.now()
    roll_up_events(chat_source(now), now)


def backfill() -> None:
    now = timezone.now()
    roll_up_events(chat_source(now), now)
    backfill_history(chat_source(now), now)


def numbers(kind: str = "messages") -> Numbers:
    """Return what happened, and what of that was removed, by quarter, of one kind of event."""
    found: dict[datetime, tuple[int, int]] = {}
    for row in EventRollup.objects.filter(key__startswith=kind):
        number, removed = found.get(row.quarter, (0, 0))
        found[row.quarter] = (number + row.number, removed + row.removed)
    return {quarter: pair for quarter, pair in found.items() if pair != (0, 0)}


def removals(kind: str = "messages") -> int:
    return sum(EventRollup.objects.filter(key__startswith=f"{REMOVAL}{kind}").values_list("number", flat=True))


def rows_there() -> "Counter[datetime]":
    counted = Message.objects.filter(edited_at=None)
    return Counter(quarter_of(sent_at) for sent_at in counted.values_list("sent_at", flat=True))


class Past:
    """A random sequence of changes, with what they should make of the history."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.rooms = [make_room(kind) for kind in "cpdl"]
        self.sent: Counter[datetime] = Counter()
        self.removed: Counter[datetime] = Counter()
        self.sent_in_threads: Counter[datetime] = Counter()
        self.removed_in_threads: Counter[datetime] = Counter()
        self.number = 0

    def moment(self) -> datetime:
        return at(2025, 6, 1) + timedelta(minutes=5 * self.chance.randrange(40))

    def some(self, **condition: bool) -> Message | None:
        keys = list(Message.objects.filter(**condition).order_by("pk").values_list("pk", flat=True))
        return Message.objects.get(pk=self.chance.choice(keys)) if keys else None

    def insert(self) -> None:
        self.number += 1
        self.put(f"message-{self.number}")

    def put(self, key: str) -> None:
        root = self.chance.choice([None, None, "some-root", "another-root"])
        room = self.chance.choice(self.rooms)
        self.note_sent(Message.objects.create(pk=key, room=room, sent_at=self.moment(), thread_root_id=root))

    def note_sent(self, message: Message, number: int = 1) -> None:
        self.sent[quarter_of(message.sent_at)] += number
        if message.thread_root_id:
            self.sent_in_threads[quarter_of(message.sent_at)] += number

    def note_removed(self, message: Message, number: int = 1) -> None:
        self.removed[quarter_of(message.sent_at)] += number
        if message.thread_root_id:
            self.removed_in_threads[quarter_of(message.sent_at)] += number

    def delete(self) -> str:
        if (message := self.some(edited_at__isnull=True)) is None:
            return ""
        self.note_removed(message)
        key = message.pk
        message.delete()
        return key

    def insert_again(self) -> None:
        if key := self.delete():
            self.put(key)

    def delete_softly(self) -> None:
        if message := self.some(edited_at__isnull=True):
            Message.objects.filter(pk=message.pk).update(edited_at=at(2026, 1, 1))
            self.note_removed(message)

    def restore(self) -> None:
        if message := self.some(edited_at__isnull=False):
            Message.objects.filter(pk=message.pk).update(edited_at=None)
            self.note_removed(message, -1)

    def correct_time(self) -> None:
        if message := self.some(edited_at__isnull=True):
            moment = self.moment()
            Message.objects.filter(pk=message.pk).update(sent_at=moment)
            self.note_sent(message, -1)
            message.sent_at = moment
            self.note_sent(message)

    def link(self) -> None:
        if message := self.some(edited_at__isnull=True, thread_root__isnull=True):
            Message.objects.filter(pk=message.pk).update(thread_root="some-root")
            self.sent_in_threads[quarter_of(message.sent_at)] += 1

    def unlink(self) -> None:
        if message := self.some(edited_at__isnull=True, thread_root__isnull=False):
            Message.objects.filter(pk=message.pk).update(thread_root=None)
            self.sent_in_threads[quarter_of(message.sent_at)] -= 1

    def move(self) -> None:
        if message := self.some():
            Message.objects.filter(pk=message.pk).update(room=self.chance.choice(self.rooms))

    def change_kind(self) -> None:
        Room.objects.filter(pk=self.chance.choice(self.rooms).pk).update(type=self.chance.choice("cpdl"))

    def truncate(self) -> None:
        for message in Message.objects.filter(edited_at=None):
            self.note_removed(message)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE chat_message" if connection.vendor == "postgresql" else "DELETE FROM chat_message")
        roll_up()

    def write(self) -> None:
        common = [self.insert] * 6 + [self.delete, self.insert_again, self.delete_softly, self.restore] * 2
        rare = [self.correct_time, self.correct_time, self.move, self.change_kind, self.link, self.unlink]
        self.chance.choice([*common, *rare])()

    @property
    def expected(self) -> Numbers:
        return pairs_of(self.sent, self.removed)

    @property
    def expected_in_threads(self) -> Numbers:
        return pairs_of(self.sent_in_threads, self.removed_in_threads)


def pairs_of(sent: "Counter[datetime]", removed: "Counter[datetime]") -> Numbers:
    pairs = {quarter: (sent[quarter], removed[quarter]) for quarter in {*sent, *removed}}
    return {quarter: pair for quarter, pair in pairs.items() if pair != (0, 0)}


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_of_changes_leaves_what_happened_and_what_was_removed(soft_deletion: None, seed: int) -> None:
    past = Past(seed)
    backfill()
    for round_ in range(12):
        for _ in range(past.chance.randrange(30)):
            past.write()
        if round_ == 8:
            past.truncate()
        if past.chance.random() < 0.3:
            call_command("tallies", "install", stdout=StringIO())
        roll_up()
        assert numbers() == past.expected
        assert numbers("in_threads") == past.expected_in_threads
        assert removals() == sum(past.removed.values())
        there = {quarter: number - removed for quarter, (number, removed) in numbers().items() if number != removed}
        assert there == dict(rows_there())
    call_command("rebuild_rollups", stdout=StringIO())
    assert numbers() == past.expected
    assert numbers("in_threads") == past.expected_in_threads
    assert_rows_by_kind()


def assert_rows_by_kind() -> None:
    """After a reconciliation, what happened less what was removed and moved is what is there, also by the kind of room."""
    there: Counter[tuple[str, datetime]] = Counter()
    for message in Message.objects.filter(edited_at=None).select_related("room"):
        there[f"messages:{message.room.type}", quarter_of(message.sent_at)] += 1
    rows = EventRollup.objects.filter(key__startswith="messages")
    found = {(row.key, row.quarter): row.number - row.removed + row.moved for row in rows}
    assert {pair: number for pair, number in found.items() if number} == dict(there)


def test_a_retention_run_leaves_the_past(db: None) -> None:
    room = make_room("p")
    make_messages(room, 60, sent_at=at(2025, 3, 1, 12))
    make_messages(room, 40, sent_at=at(2025, 6, 1, 12))
    backfill()
    Message.objects.filter(sent_at__lt=at(2025, 5, 1)).delete()
    roll_up()
    assert numbers() == {at(2025, 3, 1, 12): (60, 60), at(2025, 6, 1, 12): (40, 0)}
    [removal] = EventRollup.objects.filter(key=f"{REMOVAL}messages:p")
    assert removal.number == 60
    assert abs(removal.quarter - quarter_of(timezone.now())) <= timedelta(minutes=15)


def test_users_rooms_and_files_stay_as_well(db: None) -> None:
    make_user(date_joined=at(2025, 3, 1)).delete()
    room = make_room("d", created_at=at(2025, 3, 1))
    Upload.objects.create(room=room, size=500, uploaded_at=at(2025, 3, 1))
    backfill()
    for _ in range(2):
        make_user(date_joined=at(2025, 3, 2))
    User.objects.filter(date_joined=at(2025, 3, 2)).delete()
    Upload.objects.update(size=700)
    roll_up()
    Upload.objects.all().delete()
    Room.objects.all().delete()
    roll_up()
    assert numbers("users") == {at(2025, 3, 2): (2, 2)}
    assert numbers("rooms") == {at(2025, 3, 1): (1, 1)}
    assert numbers("uploads") == {at(2025, 3, 1): (1, 1)}
    assert numbers("bytes") == {at(2025, 3, 1): (700, 700)}
    assert [removals(kind) for kind in ("users", "rooms", "uploads", "bytes")] == [2, 1, 1, 700]


def test_a_deleted_room_takes_its_messages_along_under_its_kind(db: None) -> None:
    room = make_room("p")
    make_messages(room, 5, sent_at=at(2025, 3, 1))
    backfill()
    room.delete()
    roll_up()
    assert numbers() == {at(2025, 3, 1): (5, 5)}
    assert removals("messages:p") == 5


def test_messages_are_removed_under_the_kind_that_their_room_had(db: None) -> None:
    """Also if the room changes its kind before the change is folded."""
    room = make_room("d")
    make_messages(room, 3, sent_at=at(2025, 3, 1))
    backfill()
    Message.objects.all().delete()
    Room.objects.update(type="c")
    roll_up()
    assert (removals("messages:d"), removals("messages:c")) == (3, 0)
    assert_rows_by_kind()


def test_a_room_that_no_longer_counts_takes_its_messages_along_and_brings_them_back(db: None) -> None:
    room = make_room("p")
    make_messages(room, 5, sent_at=at(2025, 3, 1))
    backfill()
    Room.objects.update(type="x")
    roll_up()
    assert numbers() == {at(2025, 3, 1): (5, 5)}
    Room.objects.update(type="c")
    roll_up()
    assert numbers() == {at(2025, 3, 1): (5, 0)}
    assert removals() == 0
    assert_rows_by_kind()


def test_rows_that_were_restored_unseen_are_not_counted_twice(db: None) -> None:
    """As from a backup of the chat's tables, while no trigger was there."""
    room = make_room("c")
    make_messages(room, 5, sent_at=at(2025, 3, 1))
    backfill()
    Message.objects.all().delete()
    roll_up()
    call_command("tallies", "uninstall", stdout=StringIO())
    make_messages(room, 6, sent_at=at(2025, 3, 1))
    call_command("tallies", "install", stdout=StringIO())
    roll_up()
    assert numbers() == {at(2025, 3, 1): (6, 0)}
    assert removals() == 0


def test_without_triggers_what_happened_stays_too(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    recent = quarter_of(timezone.now())
    make_messages(make_room("c"), 5, sent_at=recent)
    roll_up()
    Message.objects.all().delete()
    roll_up()
    assert numbers() == {recent: (5, 5)}
    assert removals() == 5


def test_without_triggers_a_room_that_no_longer_counts_takes_its_recent_messages_along(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    recent = quarter_of(timezone.now())
    make_messages(make_room("p"), 5, sent_at=recent)
    roll_up()
    Room.objects.update(type="x")
    roll_up()
    assert numbers() == {recent: (5, 5)}
    assert removals("messages:p") == 5
    Room.objects.update(type="p")
    roll_up()
    assert numbers() == {recent: (5, 0)}
    assert removals("messages:p") == 0


def test_without_triggers_older_messages_of_a_room_that_no_longer_counts_stay(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    make_messages(make_room("p"), 5, sent_at=at(2025, 3, 1))
    backfill()
    Room.objects.update(type="x")
    roll_up()
    assert numbers() == {at(2025, 3, 1): (5, 0)}


def test_counting_live_for_a_time_counts_nothing_twice(settings: Settings) -> None:
    room, recent = make_room("c"), quarter_of(timezone.now())
    backfill()
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    make_messages(room, 5, sent_at=recent)
    roll_up()
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "tallies"}
    make_messages(room, 2, sent_at=recent)
    roll_up()
    assert numbers() == {recent: (7, 0)}


def test_rebuilding_keeps_what_only_the_history_knows_unless_it_is_to_be_forgotten(db: None) -> None:
    make_messages(make_room("c"), 5, sent_at=at(2025, 3, 1))
    backfill()
    Message.objects.filter(pk__in=list(Message.objects.values_list("pk", flat=True)[:3])).delete()
    out = StringIO()
    call_command("rebuild_rollups", stdout=out)
    assert "3 messages are known only to the history, since they were removed; they are kept." in out.getvalue()
    assert numbers() == {at(2025, 3, 1): (5, 3)}
    call_command("rebuild_rollups", "--forget-removed", stdout=StringIO())
    assert numbers() == {at(2025, 3, 1): (2, 0)}
    assert removals() == 0


def test_an_audit_finds_and_repairs_a_quarter_that_differs_from_the_rows(db: None) -> None:
    make_messages(make_room("c"), 5, sent_at=at(2025, 3, 1))
    backfill()
    EventRollup.objects.filter(key="messages:c").update(number=7)
    out = StringIO()
    call_command("audit_tallies", stdout=out)
    assert "messages: events of 2025-03-01 00:00 UTC was 7, not 5." in out.getvalue()
    assert numbers() == {at(2025, 3, 1): (7, 2)}
    call_command("audit_tallies", stdout=out)
    assert out.getvalue().splitlines()[-1].startswith("0 differences in ")
    assert TallyAudit.objects.order_by("pk")[0].differences == 1


def test_the_audit_of_a_source_without_times_compares_no_events(db: None) -> None:
    lines: list[str] = []
    assert audit_all(ChatSource(timezone.now()), timezone.now(), lines.append).differences == 0
    assert lines[-1] == "events: not compared: This workspace's source provides no data about event times."


def test_what_was_removed_before_it_was_recorded_is_unknown_and_not_0(db: None) -> None:
    make_messages(make_room("c"), 5, sent_at=timezone.now() - timedelta(days=3))
    backfill()
    Message.objects.filter(pk__in=list(Message.objects.values_list("pk", flat=True)[:2])).delete()
    roll_up()
    now = timezone.now()
    history_range = HistoryRange(now - timedelta(days=3), now + timedelta(minutes=1), Step.QUARTER_HOUR, ZoneInfo("UTC"))
    sent, removed = (BY_KEY[key] for key in ("sentMessages", "removedMessages"))
    found = series([sent, removed], history_range, SeriesMode.VALUE)
    assert (found[sent][0].value, found[removed][0].value) == (5, None)
    assert sum(point.value or 0 for point in found[removed]) == 2
