"""Declarations: conditions seen from another table, and every fault named."""

from typing import Any

import pytest
from django.db.models import F, Q
from hypothesis import given, settings
from hypothesis import strategies as st

from statistics_app.sources.base import RoomKind, UserType
from statistics_app.sources.tables import MessageTable, RoomTable, Table, UserTable, through
from statsproject.chat.models import Message, Room, Team
from tests.chatter import make_messages, make_room

CONDITIONS = st.recursive(
    st.sampled_from(
        [
            Q(type="c"),
            Q(type__in=["p", "d"]),
            Q(is_archived=True),
            Q(parent__isnull=False),
            Q(parent__type="c", is_archived=False),
            Q(team__name="red"),
            Q(pk__in=[]),
            Q(),
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: ~one),
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] ^ two[1]),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("condition", "seen"),
    [
        (Q(), Q()),
        (Q(type="c"), Q(room__type="c")),
        (~Q(type="c"), ~Q(room__type="c")),
        (Q(a=1) | ~(Q(b=2) & Q(c=3)), Q(room__a=1) | ~(Q(room__b=2) & Q(room__c=3))),
        (~(Q(a=1) | ~Q(b__c__in=[2])), ~(Q(room__a=1) | ~Q(room__b__c__in=[2]))),
        (Q(a=1) ^ Q(b=2), Q(room__a=1) ^ Q(room__b=2)),
        (Q(a=1, b=2), Q(room__a=1, room__b=2)),
    ],
)
def test_every_name_gets_the_relations_before_it(condition: Q, seen: Q) -> None:
    assert through("room", condition) == seen


@pytest.mark.django_db
@pytest.mark.any_database
def test_a_condition_seen_from_the_messages_means_the_same_rooms() -> None:
    team = Team.objects.create(name="red")
    top = [make_room(type_, is_archived=archived) for type_ in "cpx" for archived in (True, False)]
    rooms = [*top, *(make_room("d", parent=room, team=team) for room in top), make_room("c", team=team)]
    for room in rooms:
        make_messages(room, 2)

    @settings(max_examples=60, deadline=None, database=None)
    @given(condition=CONDITIONS)
    def means_the_same(condition: Q) -> None:
        meant = set(Room.objects.filter(condition).values_list("pk", flat=True))
        assert set(Message.objects.filter(through("room", condition)).values_list("room", flat=True)) == meant

    means_the_same()


@pytest.mark.django_db
def test_a_column_that_a_condition_compares_with_is_the_rooms_too() -> None:
    for pk, name in (("same", "same"), ("one", "other")):
        make_messages(Room.objects.create(id=pk, name=name), 1)
    assert Message.objects.filter(through("room", Q(name=F("id")))).count() == 1


def test_declarations_that_fit_have_no_faults() -> None:
    table = UserTable(
        model="chat.User",
        where=~Q(groups__name="hidden"),
        types={UserType.BOT: Q(type="bot")},
        language="language",
        last_login="last_login",
    )
    assert list(table.faults()) == []


@pytest.mark.parametrize("model", ["nowhere.Model", "chat.Nothing", "chat", ""])
def test_a_model_that_is_not_there_is_the_one_fault(model: str) -> None:
    [fault] = UserTable(model=model, language="nothing").faults()
    assert fault.startswith("UserTable: ")


@pytest.mark.parametrize(
    ("table", "meaning"),
    [
        (UserTable(model="chat.User", language="tongue"), "language"),
        (UserTable(model="chat.User", active=Q(alive=True)), "active"),
        (UserTable(model="chat.User", types={UserType.BOT: Q(kind="bot")}), f"types[{UserType.BOT}]"),
        (Table(model="chat.Team", where=Q(room__colour="red")), "where"),
        (RoomTable(model="chat.Room", kinds={RoomKind.CHANNEL: Q(type__near="c")}), f"kinds[{RoomKind.CHANNEL}]"),
        (RoomTable(model="chat.Room", kinds={}, team="crew"), "team"),
        (RoomTable(model="chat.Room", kinds={}, discussion=Q(parent__nothing=1)), "discussion"),
        (MessageTable(model="chat.Message", room="place", sent_at="sent_at"), "room"),
        (MessageTable(model="chat.Message", room="room", sent_at="sent_at", thread_root="root"), "thread_root"),
        (MessageTable(model="chat.Message", room="room", sent_at="sent_at", where=Q(sent_at__gt="noon")), "where"),
    ],
)
def test_a_column_or_condition_that_is_not_there_is_named_with_its_meaning(table: Table, meaning: str) -> None:
    [fault] = table.faults()
    assert fault.startswith(f"{type(table).__name__}({table.model}).{meaning}: ")


def test_every_fault_is_named() -> None:
    table = MessageTable(model="chat.Message", room="place", sent_at="time", pinned=Q(pin=1), thread_root="thread_root")
    assert len(list(table.faults())) == 3


def test_a_condition_that_no_row_meets_is_no_fault() -> None:
    """How a host says that it has none of a kind."""
    assert list(RoomTable(model="chat.Room", kinds={RoomKind.LIVECHAT: Q(pk__in=[])}).faults()) == []


@pytest.mark.parametrize(
    "declared",
    [
        {"pinned": "is_pinned"},
        {"thread_root": Q(thread_root__isnull=False)},
        {"where": "is_pinned"},
    ],
)
def test_a_column_in_a_conditions_place_is_a_fault_and_so_is_the_reverse(declared: dict[str, Any]) -> None:
    [fault] = MessageTable(**{"model": "chat.Message", "room": "room", "sent_at": "sent_at", **declared}).faults()
    assert next(iter(declared)) in fault
