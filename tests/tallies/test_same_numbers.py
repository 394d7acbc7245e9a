"""Running counts equal a count of the rows, after any operations on the chat."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from statistics_app.serialization import make_id
from statistics_app.sources.loading import chat_source
from statistics_app.tallies.declared import TallySet
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installed import tally_defects
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.overrides import QUESTIONS
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import TalliedSource
from statsproject.chat.models import Message, Room, Team, Upload, User

from .conftest import differences, normalized

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class Chat:
    """A small chat with random operations; some rooms are of a kind that is not counted."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.teams = [Team.objects.create(name=name).pk for name in "AB"]
        self.rooms = [self.make_room() for _ in range(8)]
        self.users = [User.objects.create(username=f"u{number}").pk for number in range(12)]
        self.operations: list[Callable[[], Any]] = [
            self.send, self.send, self.delete, self.move, self.reply, self.pin, self.change_type, self.set_parent,
            self.set_team, self.change_users, self.delete_room, self.upload, self.resize, self.remove_upload,
        ]  # fmt: skip

    def act(self) -> str:
        """Perform one random operation and return its name."""
        operation = self.rng.choice(self.operations)
        operation()
        return operation.__name__

    def make_room(self, key: str = "") -> str:
        kind = self.rng.choice("cpdlx")
        return Room.objects.create(id=key or make_id(), name="room", type=kind).pk

    def random_messages(self) -> Any:
        keys = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        return Message.objects.filter(pk__in=self.rng.sample(keys, min(len(keys), self.rng.randrange(6))))

    def random_root(self) -> str | None:
        return self.rng.choice([None, "gone", *Message.objects.order_by("pk").values_list("pk", flat=True)[:4]])

    def send(self) -> None:
        Message.objects.bulk_create(
            Message(room_id=self.rng.choice(self.rooms), thread_root_id=self.random_root(), is_pinned=self.rng.random() < 0.2)
            for _ in range(self.rng.randrange(1, 9))
        )

    def delete(self) -> None:
        self.random_messages().delete()

    def move(self) -> None:
        self.random_messages().update(room_id=self.rng.choice(self.rooms))

    def reply(self) -> None:
        self.random_messages().update(thread_root_id=self.random_root())

    def pin(self) -> None:
        self.random_messages().update(is_pinned=self.rng.random() < 0.5)

    def change_type(self) -> None:
        Room.objects.filter(pk__in=self.rng.sample(self.rooms, 2)).update(type=self.rng.choice("cpdlxy"))

    def set_parent(self) -> None:
        Room.objects.filter(pk=self.rng.choice(self.rooms)).update(parent_id=self.rng.choice([None, *self.rooms]))

    def set_team(self) -> None:
        Room.objects.filter(pk=self.rng.choice(self.rooms)).update(
            team_id=self.rng.choice([None, *self.teams]), is_team_default=self.rng.random() < 0.5
        )

    def change_users(self) -> None:
        presence, language = self.rng.choice(["online", "away", "busy", "offline"]), self.rng.choice(["", "en", 'd"e,'])
        User.objects.filter(pk__in=self.rng.sample(self.users, 3)).update(
            presence=presence, language=language, is_active=self.rng.random() < 0.5
        )

    def delete_room(self) -> None:
        """Delete a room with its messages, and create another with the same id."""
        key = self.rng.choice(self.rooms)
        Room.objects.get(pk=key).delete()
        self.make_room(key)

    def upload(self) -> None:
        Upload.objects.create(name="file", size=self.rng.randrange(10**10))

    def resize(self) -> None:
        Upload.objects.filter(pk__in=list(Upload.objects.values_list("pk", flat=True)[:2])).update(size=7)

    def remove_upload(self) -> None:
        Upload.objects.filter(pk__in=list(Upload.objects.values_list("pk", flat=True)[:1])).delete()


def require_same_answers(after: str) -> None:
    """Require every answer of the running counts to equal that of the live source."""
    live = chat_source(timezone.now())
    tallied = TalliedSource(chat_source(timezone.now()))
    assert tallied.ready == set(Count), after
    for question in QUESTIONS:
        assert normalized(getattr(tallied, question)()) == normalized(getattr(live, question)()), (after, question)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_operation_the_numbers_equal_a_count_of_the_rows(tallies: TallySet, seed: int) -> None:
    chat = Chat(seed)
    for _ in range(20):
        chat.act()
    assert Installer(tallies, report=str).install() == len(Count)
    require_same_answers("installing over what was there")
    for _ in range(60):
        operation = chat.act()
        if chat.rng.random() < 0.3:
            fold(tallies)
        require_same_answers(operation)
    assert differences(tallies) == []
    fold(tallies)
    assert differences(tallies) == []


def test_installing_again_does_nothing(tallies: TallySet) -> None:
    installer = Installer(tallies, report=str)
    assert [installer.install(), installer.install()] == [len(Count), 0]


def test_a_missing_trigger_is_named_and_its_count_is_not_read(tallies: TallySet) -> None:
    Installer(tallies, report=str).install()
    on = {"sqlite": "", "postgresql": "ON chat_user"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER statistics_tally_users_changed {on}")
    assert tally_defects(tallies)[Count.USERS] == "lacks the trigger statistics_tally_users_changed"
    User.objects.create(username="one")
    User.objects.update(presence="online")
    tallied = TalliedSource(chat_source(timezone.now()))
    assert Count.USERS not in tallied.ready
    assert normalized(tallied.users()) == normalized(chat_source(timezone.now()).users())
    assert Installer(tallies, report=str).install() == 1
    require_same_answers("installing again")


def test_a_changed_sum_is_found(tallies: TallySet) -> None:
    Installer(tallies, report=str).install()
    Room.objects.create(id="r", name="r", type="c")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE statistics_tally_rooms_total SET n = n + 5")
        cursor.execute("INSERT INTO statistics_tally_rooms_total (key, n, amount) VALUES ('[\"l\", 0]', 5, 0)")
    assert {(expected, found) for _, expected, found in differences(tallies)} >= {(0, 5)}
