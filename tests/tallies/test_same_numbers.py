"""Running counts give the very numbers that counting gives, whatever was done to the chat."""

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
from statistics_app.tallies.plan import Count
from statistics_app.tallies.source import QUESTIONS, TalliedSource
from statsproject.chat.models import Message, Room, Team, Upload, User

from .conftest import alike, differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class Chat:
    """Does things to a small chat, chosen by chance; some rooms are of a kind that does not count."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.teams = [Team.objects.create(name=name).pk for name in "AB"]
        self.rooms = [self.make_room() for _ in range(8)]
        self.users = [User.objects.create(username=f"u{number}").pk for number in range(12)]
        self.deeds: list[Callable[[], Any]] = [
            self.send, self.send, self.delete, self.move, self.reply, self.pin, self.rekind, self.discuss, self.join_team,
            self.change_users, self.end_room, self.upload, self.resize, self.remove_upload,
        ]  # fmt: skip

    def act(self) -> str:
        """Do one thing and name it."""
        deed = self.chance.choice(self.deeds)
        deed()
        return deed.__name__

    def make_room(self, key: str = "") -> str:
        kind = self.chance.choice("cpdlx")
        return Room.objects.create(id=key or make_id(), name="room", type=kind).pk

    def some(self) -> Any:
        keys = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        return Message.objects.filter(pk__in=self.chance.sample(keys, min(len(keys), self.chance.randrange(6))))

    def a_root(self) -> str | None:
        return self.chance.choice([None, "gone", *Message.objects.order_by("pk").values_list("pk", flat=True)[:4]])

    def send(self) -> None:
        Message.objects.bulk_create(
            Message(room_id=self.chance.choice(self.rooms), thread_root_id=self.a_root(), is_pinned=self.chance.random() < 0.2)
            for _ in range(self.chance.randrange(1, 9))
        )

    def delete(self) -> None:
        self.some().delete()

    def move(self) -> None:
        self.some().update(room_id=self.chance.choice(self.rooms))

    def reply(self) -> None:
        self.some().update(thread_root_id=self.a_root())

    def pin(self) -> None:
        self.some().update(is_pinned=self.chance.random() < 0.5)

    def rekind(self) -> None:
        Room.objects.filter(pk__in=self.chance.sample(self.rooms, 2)).update(type=self.chance.choice("cpdlxy"))

    def discuss(self) -> None:
        Room.objects.filter(pk=self.chance.choice(self.rooms)).update(parent_id=self.chance.choice([None, *self.rooms]))

    def join_team(self) -> None:
        Room.objects.filter(pk=self.chance.choice(self.rooms)).update(team_id=self.chance.choice([None, *self.teams]))

    def change_users(self) -> None:
        presence, language = self.chance.choice(["online", "away", "busy", "offline"]), self.chance.choice(["", "en", 'd"e,'])
        User.objects.filter(pk__in=self.chance.sample(self.users, 3)).update(
            presence=presence, language=language, is_active=self.chance.random() < 0.5
        )

    def end_room(self) -> None:
        """Delete a room with all that is in it, and use its id again."""
        key = self.chance.choice(self.rooms)
        Room.objects.get(pk=key).delete()
        self.make_room(key)

    def upload(self) -> None:
        Upload.objects.create(name="file", size=self.chance.randrange(10**10))

    def resize(self) -> None:
        Upload.objects.filter(pk__in=list(Upload.objects.values_list("pk", flat=True)[:2])).update(size=7)

    def remove_upload(self) -> None:
        Upload.objects.filter(pk__in=list(Upload.objects.values_list("pk", flat=True)[:1])).delete()


def require_the_same(after: str) -> None:
    """Hold every answer of the running counts against counting."""
    live = chat_source(timezone.now())
    tallied = TalliedSource(chat_source(timezone.now()))
    assert tallied.ready == set(Count), after
    for question in QUESTIONS:
        assert alike(getattr(tallied, question)()) == alike(getattr(live, question)()), (after, question)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_deed_the_numbers_are_those_of_counting(tallies: TallySet, seed: int) -> None:
    chat = Chat(seed)
    for _ in range(20):
        chat.act()
    assert Installer(tallies, say=str).install() == len(Count)
    require_the_same("installing over what was there")
    for _ in range(60):
        deed = chat.act()
        if chat.chance.random() < 0.3:
            fold(tallies)
        require_the_same(deed)
    assert differences(tallies) == []
    fold(tallies)
    assert differences(tallies) == []


def test_installing_again_does_nothing(tallies: TallySet) -> None:
    installer = Installer(tallies, say=str)
    assert [installer.install(), installer.install()] == [len(Count), 0]


def test_a_trigger_that_is_gone_is_named_and_its_count_is_not_read(tallies: TallySet) -> None:
    Installer(tallies, say=str).install()
    on = {"sqlite": "", "postgresql": "ON chat_user"}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER statistics_tally_users_changed {on}")
    assert tally_defects(tallies)[Count.USERS] == "lacks the trigger statistics_tally_users_changed"
    User.objects.create(username="one")
    User.objects.update(presence="online")
    tallied = TalliedSource(chat_source(timezone.now()))
    assert Count.USERS not in tallied.ready
    assert alike(tallied.users()) == alike(chat_source(timezone.now()).users())
    assert Installer(tallies, say=str).install() == 1
    require_the_same("installing again")


def test_a_drift_from_outside_is_found(tallies: TallySet) -> None:
    Installer(tallies, say=str).install()
    Room.objects.create(id="r", name="r", type="c")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE statistics_tally_rooms_total SET n = n + 5")
        cursor.execute("INSERT INTO statistics_tally_rooms_total (key, n, amount) VALUES ('[\"l\", 0]', 5, 0)")
    assert {(expected, found) for _, expected, found in differences(tallies)} >= {(0, 5)}
