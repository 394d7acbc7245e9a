"""Rocket.Chat's collections: which there are, and how their documents become rows of this chat's tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from ..models import Message, Room, Subscription, Upload, User
from .extended_json import EPOCH, Unusable, identifier, moment, whole

# Begins like every password that opens nothing, and is the same each time.
NO_PASSWORD = "!imported"  # noqa: S105
LONGEST_USERNAME = 150
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of the export, in the order in which it has to be loaded.

    `required` and `optional` name columns that refer to rows of a model: without the row a document is refused for the first,
    and loaded without the reference for the second. `kept` columns are written only with a new row.
    """

    name: str
    model: type[Model]
    row: Callable[[dict[str, Any]], Row]
    required: tuple[tuple[str, type[Model]], ...] = ()
    optional: tuple[tuple[str, type[Model]], ...] = ()
    kept: frozenset[str] = frozenset()


def user_row(document: dict[str, Any]) -> Row:
    """Make an account that nobody can sign in to."""
    ident = _own_id(document)
    username = _text(document, "username") or ident
    if len(username) > LONGEST_USERNAME:
        raise Unusable(f"'username' is longer than {LONGEST_USERNAME} characters")
    status = document.get("status")
    return {
        "id": ident,
        "password": NO_PASSWORD,
        "is_superuser": False,
        "is_staff": False,
        "username": username,
        "name": _text(document, "name")[:255],
        "email": _first_address(document)[:254],
        "is_active": document.get("active") is not False,
        "presence": status if status in User.Presence.values else User.Presence.OFFLINE.value,
        "type": _user_type(document),
        "language": _text(document, "language")[:16],
        "date_joined": moment(document.get("createdAt"), "createdAt") or EPOCH,
        "last_login": moment(document.get("lastLogin"), "lastLogin"),
    }


def room_row(document: dict[str, Any]) -> Row:
    """Make a room; its team is made from it too."""
    kind = document.get("t")
    if kind not in Room.Type.values:
        raise Unusable(f"unknown room type {kind!r}"[:80])
    return {
        "id": _own_id(document),
        "type": kind,
        "name": _text(document, "name")[:255],
        "parent_id": identifier(document.get("prid"), "prid"),
        "team_id": identifier(document.get("teamId"), "teamId"),
        "is_archived": document.get("archived") is True,
        "created_at": moment(document.get("ts"), "ts") or EPOCH,
    }


def subscription_row(document: dict[str, Any]) -> Row:
    """Make a user's place in a room."""
    return {
        "id": _own_id(document),
        "user_id": _id_within(document, "u"),
        "room_id": identifier(document.get("rid"), "rid"),
        "last_seen_at": moment(document.get("ls"), "ls"),
    }


def message_row(document: dict[str, Any]) -> Row:
    """Make a message; its thread's root may come later or never."""
    sent_at = moment(document.get("ts"), "ts")
    if sent_at is None:
        raise Unusable("no time in 'ts'")
    return {
        "id": _own_id(document),
        "room_id": identifier(document.get("rid"), "rid"),
        "author_id": _id_within(document, "u"),
        "sent_at": sent_at,
        "thread_root_id": identifier(document.get("tmid"), "tmid"),
        "is_pinned": document.get("pinned") is True,
        "edited_at": moment(document.get("editedAt"), "editedAt"),
    }


def upload_row(document: dict[str, Any]) -> Row:
    """Make an uploaded file; it counts even when its room is gone."""
    return {
        "id": _own_id(document),
        "room_id": identifier(document.get("rid"), "rid"),
        "user_id": identifier(document.get("userId"), "userId"),
        "name": _text(document, "name")[:255],
        "size": whole(document.get("size"), "size"),
        "uploaded_at": moment(document.get("uploadedAt"), "uploadedAt") or EPOCH,
    }


COLLECTIONS = (
    Collection("users", User, user_row, kept=frozenset({"password", "is_superuser", "is_staff"})),
    Collection("rocketchat_room", Room, room_row),
    Collection("rocketchat_subscription", Subscription, subscription_row, required=(("user_id", User), ("room_id", Room))),
    Collection("rocketchat_message", Message, message_row, required=(("room_id", Room),), optional=(("author_id", User),)),
    Collection("rocketchat_uploads", Upload, upload_row, optional=(("room_id", Room), ("user_id", User))),
)


def _own_id(document: dict[str, Any]) -> str:
    ident = identifier(document.get("_id"), "_id")
    if ident is None:
        raise Unusable("no '_id'")
    return ident


def _id_within(document: dict[str, Any], name: str) -> str | None:
    inner = document.get(name)
    return identifier(inner.get("_id"), f"{name}._id") if isinstance(inner, dict) else None


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _first_address(document: dict[str, Any]) -> str:
    emails = document.get("emails")
    first = emails[0] if isinstance(emails, list) and emails else None
    return _text(first, "address") if isinstance(first, dict) else ""


def _user_type(document: dict[str, Any]) -> str:
    """Read the type; bots and guests may be known by their roles alone."""
    roles = document.get("roles")
    for kind in (User.Type.GUEST, User.Type.BOT, User.Type.APP):
        if document.get("type") == kind or (isinstance(roles, list) and kind.value in roles):
            return kind.value
    return User.Type.USER.value
