"""Declarations of several tables: those of which a row would be counted twice are refused, with the line to write."""

from typing import Any

import pytest
from django.db.models import Q

from statistics_app.sources.base import RoomKind
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.pairs import Pair
from statistics_app.sources.tables import MessageTable, RoomTable, Table, UploadTable

ROOMS = RoomTable(model="anychat.Room", kind=RoomKind.CHANNEL)
HALLS = RoomTable(model="anychat.Hall", kind=RoomKind.PRIVATE_GROUP)


def faults(**declared: Any) -> list[tuple[str, str]]:
    """Return the errors of a source with these declarations, with their hints."""
    source = type("AnySource", (MappedSource,), {"__module__": __name__, **declared})
    return [(error.msg, error.hint or "") for error in source.check()]


def messages(**declared: Any) -> MessageTable:
    """Return a table of messages."""
    return MessageTable(**{"model": "anychat.Message", "room": "other", "sent_at": "moment", **declared})


def uploads(**declared: Any) -> UploadTable:
    """Return a table of files."""
    return UploadTable(model="anychat.Upload", size="number", **declared)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(char="a"), Q(char="b")),
        (Q(boolean=True), Q(boolean=False)),
        (Q(char="a"), ~Q(char="a")),
        (Q(char="a", number=1), ~Q(number=1, char="a")),
        (Q(char__isnull=True), Q(char="a")),
        (Q(char=None), Q(char__isnull=False)),
        (Q(char__in=["a", "b"]), Q(char__in=["c"])),
        (Q(number=1) & Q(char="a"), Q(char="b") & Q(number=1)),
        (~(Q(char="a") | Q(number=1)), Q(char="a") | Q(number=1)),
    ],
)
def test_conditions_that_exclude_each_other_are_accepted(one: Q, other: Q) -> None:
    assert faults(upload_tables=[uploads(where=one), uploads(where=other)]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(), Q()),
        (Q(char="a"), Q()),
        (Q(char="a"), Q(char="a")),
        (Q(char="a"), Q(number=1)),
        (Q(char="a") | Q(number=1), Q(char="b")),
        (Q(char="a"), ~Q(char="b")),
        (Q(char__gt="a"), Q(char__gt="b")),
        (Q(number=1), Q(number="1")),
        (Q(char__in=["a", "b"]), Q(char__in=["b"])),
        (~Q(char="a", number=1), Q(char="a")),
    ],
)
def test_rows_that_would_be_counted_twice_are_refused(one: Q, other: Q) -> None:
    [(message, hint)] = faults(upload_tables=[uploads(where=one), uploads(where=other)])
    assert message == (
        "UploadTable(anychat.Upload) and UploadTable(anychat.Upload) may have rows in common, which would be counted twice."
    )
    assert hint.endswith(
        'UploadTable(model="anychat.Upload", where=~Q(…), …), with the condition of the other table after the ~'
    )


def test_a_table_that_inherits_from_another_has_rows_in_common_with_it() -> None:
    [(message, hint)] = faults(room_tables=[ROOMS, HALLS])
    assert "may have rows in common" in message
    assert hint.endswith('RoomTable(model="anychat.Room", where=Q(hall__isnull=True), …)')
    parents = RoomTable(model="anychat.Room", kind=RoomKind.CHANNEL, where=Q(hall__isnull=True))
    assert faults(room_tables=[parents, HALLS]) == []


def test_messages_of_one_table_in_two_kinds_of_room_exclude_each_other_by_their_relation() -> None:
    in_rooms, in_halls = messages(room="other"), messages(room="hall")
    parents = RoomTable(model="anychat.Room", kind=RoomKind.CHANNEL, where=Q(hall__isnull=True))
    [(_, hint)] = faults(room_tables=[parents, HALLS], message_tables=[in_rooms, in_halls])
    assert hint.endswith('MessageTable(model="anychat.Message", where=Q(other__isnull=True), …)')
    only_in_halls = messages(room="hall", where=Q(other__isnull=True))
    assert faults(room_tables=[parents, HALLS], message_tables=[in_rooms, only_in_halls]) == []


def test_one_table_and_several_of_a_kind_are_not_declared_at_once() -> None:
    [(message, hint)] = faults(room_table=ROOMS, room_tables=[RoomTable(model="anychat.Team", kind=RoomKind.DIRECT)])
    assert message == "room_table and room_tables are declared; only one of them can be."
    assert hint.endswith("room_table = None")


def test_several_tables_are_a_list_of_their_kind() -> None:
    [(message, _)] = faults(room_tables=[Table(model="anychat.Room")])
    assert message.startswith("room_table: Table(")
    assert message.endswith("is declared, but a RoomTable is required.")
    [(message, _)] = faults(room_tables="anychat.Room")
    assert message == "room_table: 'anychat.Room' is declared, but a RoomTable is required."


def test_a_relation_leads_to_one_of_several_tables() -> None:
    teams = RoomTable(model="anychat.Team", kind=RoomKind.DIRECT)
    [(message, _)] = faults(room_tables=[teams, HALLS], message_tables=[messages(room="other")])
    assert message == "MessageTable(anychat.Message).room: 'other' does not lead to anychat.Team or anychat.Hall."


def test_the_messages_of_a_room_refer_to_it_by_one_column() -> None:
    tables = [messages(room="other"), messages(room="coded", where=Q(other__isnull=True))]
    [(message, _)] = faults(room_tables=[ROOMS], message_tables=tables)
    assert (
        message == "MessageTable(anychat.Message).room: 'coded' refers to 'code' of anychat.Room, but messages refer to 'id'."
    )


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (Pair("nothing", "author"), "Cannot resolve keyword 'nothing' into field."),
        (Pair("author", "char"), "'char' is a CharField; a ForeignKey is needed."),
        (Pair("author", "parent"), "'author' refers to anychat.Person.id, but 'parent' to anychat.Message.id."),
    ],
)
def test_a_pair_is_of_two_columns_that_refer_to_accounts(pair: Pair, message: str) -> None:
    [(found, _)] = faults(message_tables=[messages(room=pair)])
    assert found.startswith(f"MessageTable(anychat.Message).room: {message}")


def test_a_kind_is_short_for_a_mapping_of_one() -> None:
    assert ROOMS.kinds == {RoomKind.CHANNEL: Q()}
    with pytest.raises(TypeError, match=r"either kinds or kind is needed, such as kind=RoomKind.CHANNEL"):
        RoomTable(model="anychat.Room")
    with pytest.raises(TypeError, match="either kinds or kind"):
        RoomTable(model="anychat.Room", kind=RoomKind.CHANNEL, kinds={RoomKind.CHANNEL: Q()})
