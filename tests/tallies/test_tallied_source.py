"""The source of snapshots: sums where tallies are installed, answers that the host overrides, and single rooms."""

import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from statistics_app.catalogue.statistic import AnsweredBy
from statistics_app.catalogue.statistics import questions
from statistics_app.exceptions import NotAnswered
from statistics_app.models.snapshot import Counting, Origin
from statistics_app.snapshots import generation
from statistics_app.sources.base import RoomCount, RoomKind, RoomUse, Tally
from statistics_app.sources.loading import chat_source
from statistics_app.sources.tables import MessageTable, RoomTable, UserTable
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.folding import fold
from statistics_app.tallies.overrides import QUESTIONS
from statistics_app.tallies.source import TalliedSource, tallied_source
from statsproject.chat.models import Message, Room
from statsproject.chat.statistics_source import WorkspaceSource
from tests.conftest import Person
from tests.factories import make_messages, make_room

from .sql import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class OwnAnswers(WorkspaceSource):
    """A host that overrides one method, and has one of its own."""

    def messages(self) -> dict[RoomKind, int]:
        return {RoomKind.CHANNEL: 77}

    def own_method(self) -> str:
        return "from the host"


class Undeclared(WorkspaceSource):
    """A source without threads, pins, languages, teams and files."""

    user_table = UserTable(model="chat.User")
    message_table = MessageTable(model="chat.Message", room="room", sent_at="sent_at")
    room_table = RoomTable(model="chat.Room", kinds={RoomKind.CHANNEL: Q(type="c")})
    upload_table = None
    team_table = None


class ActiveBySubscription(WorkspaceSource):
    """A source whose accounts are active according to another table."""

    user_table = UserTable(model="chat.User", active=Q(subscriptions__isnull=False))


@pytest.fixture
def installed(tallies: TallySet) -> TallySet:
    call_command("migrate", verbosity=0)
    return tallies


def use(settings: Settings, source: type) -> TalliedSource:
    """Configure another source, and install its counts."""
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{source.__module__}.{source.__name__}"}
    call_command("migrate", verbosity=0)
    return tallied_source(timezone.now())


def make_rooms() -> list[str]:
    """Create four rooms with 5, 3, 3 and no messages, and one without a kind with 9."""
    keys = ["five", "three-a", "three-b", "none"]
    for key, kind, number in zip(keys, "cpdl", (5, 3, 3, 0), strict=True):
        make_messages(make_room(kind, id=key), number)
    make_messages(make_room("x", id="other"), 9)
    return keys


def test_single_rooms_are_listed_by_their_messages(installed: TallySet) -> None:
    make_rooms()
    Room.objects.filter(pk="five").update(parent_id="none")
    expected = [
        RoomCount("five", RoomKind.CHANNEL, 5),
        RoomCount("three-a", RoomKind.PRIVATE_GROUP, 3),
        RoomCount("three-b", RoomKind.DIRECT, 3),
    ]
    for _ in range(2):
        for source in (tallied_source(timezone.now()), chat_source(timezone.now())):
            assert source.top_rooms() == expected
            assert source.top_rooms(1) == expected[:1]
            assert source.room_use() == RoomUse(rooms=4, silent=1, messages=11)
            assert source.room_use().average == 11 / 4
        fold(installed)


def test_a_room_whose_messages_are_deleted_counts_as_silent(installed: TallySet) -> None:
    make_rooms()
    fold(installed)
    Message.objects.filter(room="five").delete()
    assert tallied_source(timezone.now()).room_use() == RoomUse(rooms=4, silent=2, messages=6)
    assert [room.room for room in tallied_source(timezone.now()).top_rooms()] == ["three-a", "three-b"]


def test_a_method_that_the_host_overrides_is_used_instead_of_the_sums(installed: TallySet, settings: Settings) -> None:
    make_rooms()
    source = use(settings, OwnAnswers)
    assert source.messages() == {RoomKind.CHANNEL: 77}
    assert sum(source.rooms().values()) == 4
    assert source.live.own_method() == "from the host"


@pytest.mark.parametrize(
    "question", ["user_languages", "threads", "discussions", "pinned", "rooms_with_pinned", "uploads", "teams"]
)
def test_undeclared_questions_are_not_answered_from_sums(installed: TallySet, settings: Settings, question: str) -> None:
    source = use(settings, Undeclared)
    with pytest.raises(NotAnswered):
        getattr(source, question)()


def test_declarations_that_triggers_cannot_evaluate_are_counted_live_and_reported(
    installed: TallySet, settings: Settings
) -> None:
    make_rooms()
    source = use(settings, ActiveBySubscription)
    counting, reasons = source.how_counted()
    assert counting is Counting.MIXED
    assert reasons == {"users": "The declaration of chat.User depends on more than the row itself: active."}
    assert source.users() == chat_source(timezone.now()).users()
    taken = generation.generate(Origin.COMMAND)
    assert (taken.counting, taken.counted_live) == (Counting.MIXED, reasons)


def test_each_count_is_read_with_one_statement_once_the_state_is_known(
    installed: TallySet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_rooms()
    source = tallied_source(timezone.now())
    # PostgreSQL is also asked which tables a subscription fills.
    with django_assert_num_queries(5 if connection.vendor == "postgresql" else 4):
        assert len(source.ready) == 5
    statements = {"discussions": 2, "teams": 2}
    for question in QUESTIONS:
        fresh = tallied_source(timezone.now())
        assert fresh.ready
        with django_assert_num_queries(statements.get(question, 1)):
            getattr(fresh, question)()


def test_a_snapshot_reports_that_its_numbers_are_running_counts(installed: TallySet, viewer: Person) -> None:
    make_rooms()
    taken = generation.generate(Origin.COMMAND)
    assert (taken.counting, taken.counted_live, taken.total_messages) == (Counting.TALLIES, {}, 11)
    page = viewer.browser().get(f"/statistics/snapshots/{taken.pk}/").content.decode()
    assert "running counts" in page
    assert "counted row by row" not in page


def test_a_snapshot_reports_what_was_counted_row_by_row_and_why(tallies: TallySet, viewer: Person) -> None:
    taken = generation.generate(Origin.COMMAND)
    assert taken.counting == Counting.LIVE
    assert set(taken.counted_live) == {"users", "rooms", "messages", "uploads", "teams"}
    page = viewer.browser().get("/statistics/").content.decode()
    assert "5 numbers counted row by row" in page
    assert "Is not installed" in page


def test_live_counting_by_setting_is_not_reported(settings: Settings, viewer: Person) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "COUNTING": "live"}
    make_rooms()
    taken = generation.generate(Origin.COMMAND)
    assert (taken.counting, taken.counted_live, taken.total_messages) == (Counting.LIVE, {}, 11)
    assert "Counted row by row" not in viewer.browser().get("/statistics/").content.decode()


def test_unknown_attributes_raise_an_error(installed: TallySet) -> None:
    source: Any = tallied_source(timezone.now())
    assert source.app_labels() == {"chat"}
    assert source.uploads() == Tally(0, 0)
    with pytest.raises(AttributeError):
        source.weather()


def test_a_refresh_folds_the_ledgers(installed: TallySet, viewer: Person) -> None:
    make_rooms()
    answer = Client().get("/api/v1/statistics?refresh=true", headers=viewer.headers)
    assert answer.json()["totalMessages"] == 11
    assert fold(installed) == 0


@pytest.mark.only_postgresql
def test_recreated_counts_are_not_read_in_an_older_view_of_the_data(installed: TallySet) -> None:
    make_rooms()
    expected = sum(chat_source(timezone.now()).messages().values())
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1")
        thread = threading.Thread(target=_reinstall)
        thread.start()
        thread.join()
        source = tallied_source(timezone.now())
        assert sum(source.messages().values()) == expected
        assert set(source.defects.values()) == {"was recreated or emptied after this view of the data was taken"}
    assert len(tallied_source(timezone.now()).ready) == 5


@pytest.mark.only_postgresql
def test_sums_of_before_a_truncate_that_no_trigger_saw_are_not_read_in_an_older_view_of_the_data(installed: TallySet) -> None:
    make_rooms()
    with transaction.atomic():
        run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1")
        thread = threading.Thread(target=_truncate_unseen)
        thread.start()
        thread.join()
        source = tallied_source(timezone.now())
        assert sum(source.messages().values()) == sum(chat_source(timezone.now()).messages().values()) == 0
        assert source.ready == {"users", "rooms", "uploads", "teams"}


def _truncate_unseen() -> None:
    run("ALTER TABLE chat_message DISABLE TRIGGER statistics_tally_messages_emptied", "TRUNCATE chat_message")
    connection.close()


def _reinstall() -> None:
    call_command("tallies", "uninstall", stdout=StringIO())
    call_command("tallies", "install", stdout=StringIO())
    connection.close()


@pytest.mark.parametrize("question", questions(AnsweredBy.CHAT))
def test_every_question_of_a_snapshot_is_passed_on(question: str) -> None:
    assert callable(getattr(TalliedSource, question)), f"Add {question} to TalliedSource."
