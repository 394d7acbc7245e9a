"""Columns of the wrong kind, keys that mean nothing, names that are incomplete: each is an error that says what and where."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import Q
from django.test.utils import isolate_apps

from statistics_app.sources.base import Presence, RoomKind
from statistics_app.sources.columns import Column, require_column
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, SubscriptionTable, Table, UploadTable, UserTable

KINDS = {RoomKind.CHANNEL: Q(type="c")}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            UserTable(model="statistics_app.AccessToken", created_at="last_used_on"),
            "UserTable(statistics_app.AccessToken).created_at: 'last_used_on' is a DateField; a DateTimeField is needed.",
        ),
        (
            UserTable(model="chat.User", last_login="username"),
            "UserTable(chat.User).last_login: 'username' is a CharField; a DateTimeField is needed.",
        ),
        (
            MessageTable(model="chat.Message", room="room", sent_at="id"),
            "MessageTable(chat.Message).sent_at: 'id' is a CharField; a DateTimeField is needed.",
        ),
        (
            MessageTable(model="chat.Message", room="room", sent_at="sent_at__date"),
            "MessageTable(chat.Message).sent_at: 'sent_at__date' goes on after the field 'sent_at': leave out 'date'.",
        ),
        (
            SubscriptionTable(model="chat.Subscription", last_seen="room"),
            "SubscriptionTable(chat.Subscription).last_seen: 'room' is a ForeignKey; a DateTimeField is needed.",
        ),
        (
            UploadTable(model="chat.Upload", size="name"),
            "UploadTable(chat.Upload).size: 'name' is a CharField; an integer field is needed.",
        ),
        (
            UploadTable(model="statistics_app.Snapshot", size="problems"),
            "UploadTable(statistics_app.Snapshot).size: 'problems' is a JSONField; an integer field is needed.",
        ),
        (
            UploadTable(model="chat.Upload", size="size", uploaded_at="size"),
            "UploadTable(chat.Upload).uploaded_at: 'size' is a BigIntegerField; a DateTimeField is needed.",
        ),
        (
            RoomTable(model="chat.Room", kinds={"channel": Q(type="c")}),  # type: ignore[dict-item]
            (
                "RoomTable(chat.Room).kinds: 'channel' is not a RoomKind; write one of RoomKind.CHANNEL ('c'), "
                "RoomKind.PRIVATE_GROUP ('p'), RoomKind.DIRECT ('d'), RoomKind.LIVECHAT ('l'), RoomKind.OTHER ('o'), "
                "RoomKind.UNKNOWN ('u')."
            ),
        ),
        (
            Table(model="Room"),
            "Table: model='Room' must be an app's label and a model's name, such as 'chat.Room'.",
        ),
    ],
    ids=lambda value: value.partition(":")[0] if isinstance(value, str) else "",
)
def test_a_wrong_declaration_is_named_with_what_is_needed(table: Table, message: str) -> None:
    assert list(table.faults()) == [message]


def test_a_key_may_be_the_value_of_its_enum() -> None:
    assert list(RoomTable(model="chat.Room", kinds={"c": Q(type="c")}).faults()) == []  # type: ignore[dict-item]


def test_each_wrong_key_is_named() -> None:
    table = UserTable(model="chat.User", presence={"here": Q(), "gone": Q(), Presence.AWAY: Q()})  # type: ignore[dict-item]
    assert len(list(table.faults())) == 2


@pytest.mark.parametrize(
    ("root", "message"),
    [
        ("room", "MessageTable(chat.Message).thread_root: 'room' leads to chat.Room; a message is needed."),
        ("author", "MessageTable(chat.Message).thread_root: 'author' leads to chat.User; a message is needed."),
    ],
)
def test_a_thread_leads_to_a_message(root: str, message: str) -> None:
    class Odd(MappedSource):
        room_table = RoomTable(model="chat.Room", kinds=KINDS)
        message_table = MessageTable(model="chat.Message", room="room", sent_at="sent_at", thread_root=root)

    [error] = Odd.check()
    assert (error.id, error.msg) == ("statistics_app.E003", message)
    assert "Odd" in (error.hint or "")


@isolate_apps("statistics_app")
def test_every_field_is_fit_for_what_it_can_hold() -> None:
    class Everything(models.Model):  # noqa: DJ008 - nobody shows it
        big = models.BigIntegerField()
        small = models.PositiveSmallIntegerField()
        number = models.FloatField()
        exact = models.DecimalField(max_digits=5, decimal_places=2)
        text = models.TextField()
        slug = models.SlugField()
        file = models.FileField()
        day = models.DateField()
        at = models.DateTimeField()
        yes = models.BooleanField()
        key = models.UUIDField()
        bits = models.BinaryField()
        json = models.JSONField()
        length = models.DurationField()

        class Meta:
            app_label = "statistics_app"

    fit: dict[Any, set[str]] = {
        Column.INTEGER: {"id", "big", "small"},
        Column.TEXT: {"text", "slug"},
        Column.TIME: {"at"},
    }
    names = {field.name for field in Everything._meta.fields}
    for column, expected in fit.items():
        assert {name for name in names if is_fit(Everything, name, column)} == expected


def is_fit(model: type[models.Model], name: str, column: Column) -> bool:
    try:
        require_column(model, name, column)
    except FieldError as error:
        return f"'{name}' is " not in str(error)
    return True


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        (
            MessageTable(model="chat.Message", room="room", sent_at="send_at"),
            'MessageTable(model="chat.Message", …, sent_at="sent_at")',
        ),
        (
            MessageTable(model="chat.Message", room="text", sent_at="sent_at"),
            'MessageTable(model="chat.Message", …, room="room")',
        ),
        (MessageTable(model="chat.Mesage", room="room", sent_at="sent_at"), 'MessageTable(model="chat.Message", …)'),
    ],
)
def test_a_hint_ends_with_the_line_to_write(declared: MessageTable, line: str) -> None:
    class Odd(MappedSource):
        room_table = RoomTable(model="chat.Room", kinds=KINDS)
        message_table = declared

    [error] = Odd.check()
    assert str(error.hint).endswith(f"Odd, for example: {line}")
