"""Declarations: conditions rewritten for another table, and messages about errors."""

from typing import Any

import pytest
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, Concat, Lower, NullIf
from django.db.models.lookups import Exact
from hypothesis import given, settings
from hypothesis import strategies as st

from statistics_app.sources.base import RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, Table, UserTable, is_always_met, through
from statsproject.chat.models import Message, Room, Team, User
from tests.factories import make_messages, make_room

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
    ("condition", "rewritten"),
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
def test_every_name_is_prefixed_with_the_relation(condition: Q, rewritten: Q) -> None:
    assert through("room", condition) == rewritten


@pytest.mark.django_db
@pytest.mark.any_database
def test_a_rewritten_condition_selects_the_messages_of_the_same_rooms() -> None:
    team = Team.objects.create(name="red")
    top = [make_room(type_, is_archived=archived) for type_ in "cpx" for archived in (True, False)]
    rooms = [*top, *(make_room("d", parent=room, team=team) for room in top), make_room("c", team=team)]
    for room in rooms:
        make_messages(room, 2)

    @settings(max_examples=60, deadline=None, database=None)
    @given(condition=CONDITIONS)
    def selects_the_same(condition: Q) -> None:
        rooms = set(Room.objects.filter(condition).values_list("pk", flat=True))
        assert set(Message.objects.filter(through("room", condition)).values_list("room", flat=True)) == rooms

    selects_the_same()


@pytest.mark.django_db
def test_a_column_in_a_comparison_is_prefixed_too() -> None:
    for pk, name in (("same", "same"), ("one", "other")):
        make_messages(Room.objects.create(id=pk, name=name), 1)
    assert Message.objects.filter(through("room", Q(name=F("id")))).count() == 1


def test_valid_declarations_have_no_faults() -> None:
    table = UserTable(
        model="chat.User",
        where=~Q(groups__name="hidden"),
        types={UserType.BOT: Q(type="bot")},
        language="language",
        last_login="last_login",
    )
    assert list(table.faults()) == []


@pytest.mark.parametrize("model", ["nowhere.Model", "chat.Nothing", "chat", ""])
def test_an_unknown_model_is_the_only_fault(model: str) -> None:
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
def test_an_unknown_column_or_condition_is_reported_with_its_meaning(table: Table, meaning: str) -> None:
    [fault] = table.faults()
    assert fault.startswith(f"{type(table).__name__}({table.model}).{meaning}: ")


def test_every_fault_is_reported() -> None:
    table = MessageTable(model="chat.Message", room="place", sent_at="time", pinned=Q(pin=1), thread_root="thread_root")
    assert len(list(table.faults())) == 3


def test_a_condition_that_no_row_can_meet_is_not_a_fault() -> None:
    """A host declares in this way that it has no rooms of a kind."""
    assert list(RoomTable(model="chat.Room", kinds={RoomKind.LIVECHAT: Q(pk__in=[])}).faults()) == []


@pytest.mark.parametrize(
    "declared",
    [
        {"pinned": "is_pinned"},
        {"thread_root": Q(thread_root__isnull=False)},
        {"where": "is_pinned"},
    ],
)
def test_a_column_instead_of_a_condition_is_a_fault_and_vice_versa(declared: dict[str, Any]) -> None:
    [fault] = MessageTable(**{"model": "chat.Message", "room": "room", "sent_at": "sent_at", **declared}).faults()
    assert next(iter(declared)) in fault


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (UserTable(model="chat.User", active={"a": Q()}), "active: {'a': <Q: (AND: )>} is declared, but no mapping"),
        (UserTable(model="chat.User", language={}), "language: {} is declared, but no mapping"),
        (UserTable(model="chat.User", types=Q(type="bot")), "types: <Q: (AND: ('type', 'bot'))> is declared, but a mapping"),
        (UserTable(model="chat.User", presence="presence"), "presence: 'presence' is declared, but a mapping"),
        (UserTable(model="chat.User", where=None), "where: None is declared, but a declaration"),
        (RoomTable(model="chat.Room", kinds=None), "kinds: None is declared, but a declaration"),
        (MessageTable(model="chat.Message", room=None, sent_at="sent_at"), "room: None is declared, but a declaration"),
        (MessageTable(model="chat.Message", room="room", sent_at=5), "sent_at: 5 is neither, but a column"),
        (Table(model="chat.Team", where=F("name")), "where: F(name) is neither, but a condition"),
    ],  # type: ignore[arg-type] # wrong on purpose
)
def test_a_declaration_of_the_wrong_shape_is_one_fault(table: Table, fault: str) -> None:
    assert list(table.faults()) == [f"{type(table).__name__}({table.model}).{fault} is required."]


@pytest.mark.parametrize("condition", [Q(), ~Q(), Q(Q()), ~Q(Q(), ~Q())])
def test_a_condition_of_empty_ones_is_always_met(condition: Q) -> None:
    assert is_always_met(condition)
    assert RoomTable(model="chat.Room", kinds={RoomKind.CHANNEL: Q(type="c"), RoomKind.DIRECT: condition}).counted == Q()


def test_a_condition_with_a_column_is_not_always_met() -> None:
    assert not is_always_met(Q(Q(type="c") | Q()))


EXPRESSIONS = [
    Q(name=Lower("type")),
    Q(name__in=[F("type"), "x"]),
    Q(id__range=(F("name"), Concat("name", Value("z")))),
    Q(Exact(F("name"), Lower(F("type")))),
    ~Q(name=Coalesce(NullIf(F("type"), Value("x")), "name")),
    Q(name=Case(When(type="x", then=F("type")), default=Value("y"))),
]


@pytest.mark.django_db
@pytest.mark.any_database
@pytest.mark.parametrize("condition", EXPRESSIONS, ids=str)
def test_every_name_in_an_expression_is_prefixed(condition: Q) -> None:
    for key, name, type_ in [("a", "x", "X"), ("b", "x", "x"), ("c", "y", "x"), ("d", "y", "Y")]:
        make_messages(Room.objects.create(id=key, name=name, type=type_), 1)
    rooms = set(Room.objects.filter(condition).values_list("pk", flat=True))
    assert set(Message.objects.filter(through("room", condition)).values_list("room", flat=True)) == rooms


def test_a_subquery_cannot_define_a_kind_when_messages_are_counted_by_kind() -> None:
    kinds = {RoomKind.CHANNEL: Q(Exists(Message.objects.filter(room=OuterRef("pk"))))}
    rooms = RoomTable(model="chat.Room", kinds=kinds)
    assert list(rooms.faults()) == []
    source = type("Source", (MappedSource,), {"room_table": rooms})
    assert source.check() == []
    source.message_table = MessageTable(model="chat.Message", room="room", sent_at="sent_at")
    [error] = source.check()
    assert error.msg == (
        "RoomTable(chat.Room).kinds[c]: A subquery cannot be applied to the messages of a room; "
        "name the columns through relations instead."
    )


@pytest.mark.parametrize("declared", ["chat.User", User, Table(model="chat.User"), RoomTable(model="chat.Room", kinds={})])
def test_an_attribute_needs_its_kind_of_table(declared: Any) -> None:
    [error] = type("Source", (MappedSource,), {"user_table": declared}).check()
    assert error.id == "statistics_app.E003"
    assert error.msg == f"user_table: {declared!r} is declared, but a UserTable is required."
