"""Rows of this chat's tables without names, texts and addresses: no function here takes any.

A time that is not plausible is None in the row.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from django.db.models import Model

from statistics_app.sources.quarters import plausible_time

from ..models import Message, Room, Subscription, Team, Upload, User
from .accounts import IMPORTED_PASSWORD, AccountCollection
from .collection import Collection, Placeholder, Reference
from .placeholders import room_placeholder
from .upsert import Row


class Columns(NamedTuple):
    """The references of a model's rows, and the column by which they are events."""

    optional: tuple[Reference, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    time: str = ""


_IN_ROOM = room_placeholder("room_id")
_COLUMNS: dict[type[Model], Columns] = {
    User: Columns(time="date_joined"),
    Room: Columns(optional=(Reference("team_id", Team),), time="created_at"),
    Subscription: Columns(optional=(Reference("user_id", User),), placeholders=(_IN_ROOM,)),
    Message: Columns(optional=(Reference("author_id", User),), placeholders=(_IN_ROOM,), time="sent_at"),
    Upload: Columns(optional=(Reference("room_id", Room), Reference("user_id", User)), time="uploaded_at"),
}


def collection_of(model: type[Model], name: str, to_row: Callable[[dict[str, Any]], Row]) -> Collection:
    """Return the collection that is loaded into a model, with the model's columns."""
    columns = columns_of(model)
    if model is User:
        kept = frozenset({"password", "is_superuser", "is_staff"})
        return AccountCollection(name, User, to_row, insert_only=kept, time=columns.time)
    return Collection(name, model, to_row, optional=columns.optional, placeholders=columns.placeholders, time=columns.time)


def columns_of(model: type[Model]) -> Columns:
    """Return what the columns of a model mean."""
    return _COLUMNS.get(model, Columns())


def make_stable_id(*parts: object) -> str:
    """Return an id made from what identifies something in an export without ids: the same in each import."""
    return blake2b("\0".join(map(str, parts)).encode(errors="replace"), digest_size=16).hexdigest()


def account(
    id_: str,
    type_: User.Type,
    *,
    is_active: bool,
    language: str = "",
    joined_at: datetime | None = None,
    last_login: datetime | None = None,
) -> Row:
    """Make an account that cannot be used to sign in and is named by its id."""
    return {
        "id": id_,
        "password": IMPORTED_PASSWORD,
        "is_superuser": False,
        "is_staff": False,
        "username": id_,
        "name": "",
        "email": "",
        "is_active": is_active,
        "presence": User.Presence.OFFLINE.value,
        "type": type_.value,
        "language": language[:16],
        "date_joined": plausible_time(joined_at),
        "last_login": plausible_time(last_login),
    }


def team(id_: str) -> Row:
    """Make a team that is named by its id."""
    return {"id": id_, "name": id_}


def room(
    id_: str,
    type_: Room.Type,
    *,
    team_id: str | None = None,
    is_archived: bool = False,
    created_at: datetime | None = None,
) -> Row:
    """Make a room without a name."""
    return {
        "id": id_,
        "type": type_.value,
        "name": "",
        "parent_id": None,
        "team_id": team_id,
        "is_team_default": False,
        "is_archived": is_archived,
        "created_at": plausible_time(created_at),
    }


def subscription(room_id: str, user_id: str, *, last_seen_at: datetime | None = None) -> Row:
    """Make the subscription of a user to a room."""
    return {
        "id": make_stable_id(room_id, user_id),
        "user_id": user_id,
        "room_id": room_id,
        "last_seen_at": plausible_time(last_seen_at),
    }


def message(
    id_: str,
    room_id: str,
    author_id: str | None,
    sent_at: datetime,
    *,
    thread_root_id: str | None = None,
    is_pinned: bool = False,
    edited_at: datetime | None = None,
) -> Row:
    """Make a message."""
    return {
        "id": id_,
        "room_id": room_id,
        "author_id": author_id,
        "sent_at": plausible_time(sent_at),
        "thread_root_id": thread_root_id,
        "is_pinned": is_pinned,
        "edited_at": plausible_time(edited_at),
    }


def upload(id_: str, room_id: str | None, user_id: str | None, size: int, uploaded_at: datetime | None) -> Row:
    """Make an uploaded file without a name."""
    return {
        "id": id_,
        "room_id": room_id,
        "user_id": user_id,
        "name": "",
        "size": size,
        "uploaded_at": plausible_time(uploaded_at),
    }
