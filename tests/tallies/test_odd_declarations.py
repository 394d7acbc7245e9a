"""Declarations that are right and unusual: their running counts have the right values, and no write fails."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Length, Lower, NullIf
from django.db.models.lookups import IsNull
from django.utils import timezone

from statistics_app.sources.base import RoomKind, RoomUse, Tally, UserType
from statistics_app.sources.tables import MessageTable, RoomTable, UserTable
from statistics_app.tallies.declared import clear_declared_tallies, declared_tallies
from statistics_app.tallies.folding import fold
from statistics_app.tallies.installer import Installer
from statistics_app.tallies.source import TalliedSource
from tests.anychat.declarations import source_of
from tests.anychat.models import Message, Person, Room
from tests.factories import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.usefixtures("anychat")]

ROOMS = RoomTable(model="anychat.Room", kinds={RoomKind.CHANNEL: Q()})


def installed(**tables: Any) -> TalliedSource:
    """Install the running counts of a source that declares these tables, all of which can be counted."""
    source = source_of(tables)
    assert source.check() == []
    clear_declared_tallies()
    counts = declared_tallies(source(timezone.now()))
    assert counts.reasons == {}
    Installer(counts, report=str).install()
    return read(source(timezone.now()))


def read(live: Any) -> TalliedSource:
    """Return a source that reads the present sums."""
    tallied = TalliedSource(live)
    assert set(tallied.defects.values()) == {""}
    return tallied


def messages(**declared: Any) -> MessageTable:
    return MessageTable(**{"model": "anychat.Message", "room": "free", "sent_at": "moment", **declared})


def send(key: int, room: str = "a", **columns: Any) -> None:
    Message.objects.create(pk=key, **{"room_id": room, "free_id": room, **columns})


def test_under_an_empty_condition_every_message_is_pinned() -> None:
    Room.objects.create(pk="a")
    source = installed(room_table=ROOMS, message_table=messages(pinned=Q()))
    send(1)
    assert source.pinned() == source.live.pinned() == 1


def test_a_kind_of_nothing_but_empty_conditions_is_every_room() -> None:
    kinds = {RoomKind.DIRECT: Q(char="d"), RoomKind.CHANNEL: ~Q(Q())}
    Room.objects.bulk_create(Room(pk=key, char=key) for key in "cd")
    source = installed(room_table=RoomTable(model="anychat.Room", kinds=kinds))
    assert source.rooms() == source.live.rooms() == {**dict.fromkeys(RoomKind, 0), RoomKind.DIRECT: 1, RoomKind.CHANNEL: 1}


def test_pk_is_a_name_of_a_column() -> None:
    Room.objects.create(pk="a")
    source = installed(room_table=ROOMS, message_table=messages(thread_root="pk"))
    send(1)
    send(2)
    assert source.threads() == source.live.threads() == 2


@pytest.mark.parametrize(
    "text",
    [' FROM "anychat_room"', '"anychat_room"."nothing"', '"anychat_room"."char" AS "room_"', "SELECT  JOIN ", "$tally$", "{}"],
)
def test_a_value_may_contain_anything(text: str) -> None:
    rooms = RoomTable(model="anychat.Room", where=Q(number=1), kinds={RoomKind.PRIVATE_GROUP: Q(char=text)})
    conditions = messages(where=Q(char=text), pinned=Q(char=text))
    source = installed(room_table=rooms, message_table=conditions)
    Room.objects.create(pk="a", char=text, number=1)
    Room.objects.create(pk="b", char="other", number=1)
    for key, room, char in [(1, "a", text), (2, "a", "other"), (3, "b", text)]:
        send(key, room, char=char)
    Room.objects.filter(pk="b").update(text="changed")
    assert source.messages()[RoomKind.PRIVATE_GROUP] == source.live.messages()[RoomKind.PRIVATE_GROUP] == 1
    assert source.rooms()[RoomKind.PRIVATE_GROUP] == 1
    assert source.pinned() == 1


def test_a_room_without_the_key_that_messages_refer_to_is_a_room() -> None:
    source = installed(room_table=ROOMS, message_table=messages(room="coded"))
    with transaction.atomic():
        Room.objects.create(pk="a", code="a")
        Room.objects.create(pk="b")
        send(1, coded_id="a")
    source = read(source.live)
    assert source.messages()[RoomKind.CHANNEL] == source.live.messages()[RoomKind.CHANNEL] == 1
    assert source.room_use() == source.live.room_use() == RoomUse(2, 1, 1)


def test_texts_that_are_equal_by_a_columns_collation_are_one_thread() -> None:
    Room.objects.create(pk="a")
    source = installed(room_table=ROOMS, message_table=messages(thread_root="collated"))
    for key, root in enumerate("aAb"):
        send(key, collated=root)
    assert source.threads() == source.live.threads() == (2 if connection.vendor == "sqlite" else 3)
    fold(source.tallies)
    assert source.threads() == source.live.threads()


def test_languages_that_may_be_equal_by_a_collation_are_counted_live() -> None:
    source = source_of({"user_table": UserTable(model="anychat.Person", language="collated")})
    clear_declared_tallies()
    assert list(declared_tallies(source(timezone.now())).reasons.values()) == [
        "'collated' of anychat.Person has a collation, by which different texts may be equal."
    ]


def test_messages_of_a_room_that_does_not_exist_do_not_count() -> None:
    Room.objects.create(pk="a")
    source = installed(room_table=ROOMS, message_table=messages(thread_root="number", pinned=Q()))
    send(1, number=1)
    send(2, free_id="gone", number=2)
    for answering in (source, source.live):
        assert (answering.messages()[RoomKind.CHANNEL], answering.threads(), answering.pinned()) == (1, 1, 1)


def test_no_accounts_are_no_group() -> None:
    source = installed(user_table=UserTable(model="anychat.Person"))
    assert source.users() == source.live.users() == []


def test_an_expression_over_a_rooms_columns_is_not_one_over_the_messages() -> None:
    lowered = Q(text=Lower("char"))
    kinds = {RoomKind.CHANNEL: lowered, RoomKind.DIRECT: Q(number__in=[F("big")])}
    rooms = RoomTable(model="anychat.Room", kinds=kinds, discussion=lowered)
    Room.objects.create(pk="a", text="x", char="X")
    Room.objects.create(pk="b", number=1, big=1)
    source = source_of({"room_table": rooms, "message_table": messages()})
    assert source.check() == []
    send(1, "a", char="Y", big=2)
    send(2, "b", char="Y", big=2)
    live = source(timezone.now())
    assert live.messages() == {**dict.fromkeys(RoomKind, 0), RoomKind.CHANNEL: 1, RoomKind.DIRECT: 1}
    assert live.discussions() == Tally(1, 1)


def test_a_type_of_an_account_may_be_an_empty_condition() -> None:
    Person.objects.create(pk="a")
    source = installed(user_table=UserTable(model="anychat.Person", types={UserType.BOT: ~Q(Q())}))
    assert [(group.type, group.count) for group in source.users()] == [(UserType.BOT, 1)]


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        (Q(decimal__range=(Decimal("-2.25"), Decimal("1.50"))), {"decimal": Decimal("-1")}, {"decimal": Decimal("2")}),
        (Q(decimal__in=[Decimal("1.50"), Decimal("1E+3")]), {"decimal": Decimal(1000)}, {"decimal": Decimal("1.51")}),
        (Q(collated__in=["a", "B"]), {"collated": "B"}, {"collated": "c"}),
        (Q(real=0.1), {"real": 0.1}, {"real": 0.2}),
        (Q(span=timedelta(days=-1)), {"span": timedelta(days=-1)}, {"span": timedelta(days=1)}),
        (Q(uuid=UUID(int=1)), {"uuid": UUID(int=1)}, {"uuid": UUID(int=2)}),
        (Q(blob=b"\x00"), {"blob": b"\x00"}, {"blob": b"\x01"}),
        (Q(moment__lte=NOON), {"moment": NOON}, {"moment": NOON + timedelta(microseconds=1)}),
        (Q(clock__gt=time(0)), {"clock": time(0, 0, 0, 1)}, {"clock": time(0)}),
        (Q(twice__gt=3), {"small": 2}, {"small": 1}),
    ],
    ids=str,
)
def test_a_trigger_compares_a_value_of_any_type_as_a_query_does(condition: Q, met: Any, unmet: Any) -> None:
    source = installed(user_table=UserTable(model="anychat.Person", where=condition))
    Person.objects.create(pk="a", **met)
    Person.objects.create(pk="b", **unmet)
    Person.objects.create(pk="c", **unmet)
    Person.objects.filter(pk="c").update(**met)
    assert [group.count for group in source.users()] == [group.count for group in source.live.users()] == [2]


@pytest.mark.parametrize("condition", [Q(IsNull(Length("number"), False)), Q(char=NullIf("uuid", "lower"))], ids=str)
def test_a_condition_over_columns_of_the_wrong_type_is_not_counted_by_triggers(condition: Q) -> None:
    source = source_of({"user_table": UserTable(model="anychat.Person", where=condition)})
    assert source.check() == []
    clear_declared_tallies()
    assert list(declared_tallies(source(timezone.now())).reasons) == ["users"]
