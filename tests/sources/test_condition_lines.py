"""The hint about a condition that does not fit ends with one that does, if a name is similar and the values can be written."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F, Q
from django.db.models.functions import Now

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.sources.condition_lines import condition_line, since_line
from statistics_app.sources.declared_presence import Since
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import RoomTable, Table, UserTable
from statsproject.chat.models import Message, Room, User


@pytest.mark.parametrize(
    ("model", "declared", "line"),
    [
        (User, Q(is_activ=True), "Q(is_active=True)"),
        (User, "is_active", "Q(is_active=True)"),
        (User, "last_login", "Q(last_login__isnull=False)"),
        (User, Q(last_login__isnul=True), "Q(last_login__isnull=True)"),
        (User, ~Q(usernme__startwith="a"), '~Q(username__startswith="a")'),
        (User, Q(last_login__gt=F("date_joined"), tipe=UserType.BOT), 'Q(last_login__gt=F("date_joined"), type="bot")'),
        (User, Since("last_logn", minutes=5), 'Since("last_login", minutes=5)'),
        (User, Since("last_logn", seconds=90), 'Since("last_login", seconds=90)'),
        (Message, Q(rom__type__in=["c", "p"]), 'Q(room__type__in=["c", "p"])'),
        (Message, Q(room_di=1), "Q(room_id=1)"),
        (Message, ~Q(rom__isnull=True) | Q(pk__in=[1, 2]), "~Q(room__isnull=True) | Q(pk__in=[1, 2])"),
        (Message, ~(Q(rom=1) | Q(pk=2)), "~(Q(room=1) | Q(pk=2))"),
        (Message, Q(Q(rom=1) | Q(pk=2), Q(is_pinned=True)), "(Q(room=1) | Q(pk=2)) & Q(is_pinned=True)"),
        (Room, Q(message__is_pined=True), "Q(messages__is_pinned=True)"),
        (Room, Q(pk__in=[], tipe="c"), 'Q(pk__in=[], type="c")'),
    ],
)
def test_a_condition_is_written_with_similar_names_and_means_the_same(model: Any, declared: Any, line: str) -> None:
    assert condition_line(declared, model) == line
    again = eval(line, {"Q": Q, "F": F, "Since": Since})  # noqa: S307 - what is tested
    assert condition_line(again, model) == line


@pytest.mark.parametrize(
    "declared",
    [
        Q(xyzzy=True),
        Q(is_activ=Now()),
        Q(last_logn__gt=datetime(2026, 1, 1, tzinfo=UTC)),
        Q(type__in=User.objects.none().values("type")),
        "username",
        "xyzzy",
        5,
    ],
    ids=str,
)
def test_what_cannot_be_written_is_not(declared: Any) -> None:
    assert condition_line(declared, User) == ""


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (RoomTable(model="chat.Room", kinds={RoomKind.CHANNEL: Q(tipe="c")}), 'kinds={RoomKind.CHANNEL: Q(type="c"), …}'),
        (RoomTable(model="chat.Room", kinds={"private_group": Q(type="p")}), 'kinds={RoomKind.PRIVATE_GROUP: Q(type="p"), …}'),  # type: ignore[dict-item]
        (UserTable(model="chat.User", types={"robot": Q(type="bot")}), 'types={UserType.BOT: Q(type="bot"), …}'),  # type: ignore[dict-item]
        (UserTable(model="chat.User", presence=Q(presence="online")), 'presence={Presence.ONLINE: Q(presence="online"), …}'),  # type: ignore[arg-type]
        (UserTable(model="chat.User", active={"yes": Q(is_activ=True)}), "active=Q(is_active=True)"),  # type: ignore[arg-type]
        (RoomTable(model="chat.Room", kind=RoomKind.CHANNEL, where=Q(tipe="c")), 'where=Q(type="c")'),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hint_about_a_condition_ends_with_the_line_to_write(table: Table, line: str) -> None:
    source = type("Odd", (MappedSource,), {"user_table" if isinstance(table, UserTable) else "room_table": table})
    [error] = source.check()
    assert str(error.hint).endswith(f'{type(table).__name__}(model="{table.model}", …, {line})')


def test_without_a_similar_name_the_hint_has_no_line() -> None:
    table = RoomTable(model="chat.Room", kinds={RoomKind.CHANNEL: Q(xyzzy="c")})
    [error] = type("Odd", (MappedSource,), {"room_table": table}).check()
    assert str(error.hint).endswith("Odd.")


def test_presence_compared_with_the_present_time_is_written_with_since() -> None:
    recent = {Presence.AWAY: Q(presence="away"), Presence.ONLINE: Q(last_login__gte=Now() - timedelta(minutes=5))}
    assert since_line(recent) == '{Presence.ONLINE: Since("last_login", minutes=5), …}'
    assert since_line({Presence.ONLINE: Q(last_login__lt=Now() - timedelta(minutes=5))}) == ""
    assert since_line({Presence.ONLINE: Q(last_login__gt=Now())}) == ""
