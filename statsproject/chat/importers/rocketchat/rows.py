"""Make rows of this chat's tables from Rocket.Chat's documents. Errors: InvalidValue if a document cannot be loaded."""

from typing import Any

from ...models import Room, User
from ..accounts import IMPORTED_PASSWORD
from ..document import InvalidValue
from ..upsert import Row
from .extended_json import EPOCH, parse_datetime, parse_id, parse_int

LONGEST_USERNAME = 150


def user_row(document: dict[str, Any]) -> Row:
    """Make an account that cannot be used to sign in."""
    id_ = _own_id(document)
    username = _text(document, "username") or id_
    if len(username) > LONGEST_USERNAME:
        raise InvalidValue(f"'username' is longer than {LONGEST_USERNAME} characters")
    status = document.get("status")
    return {
        "id": id_,
        "password": IMPORTED_PASSWORD,
        "is_superuser": False,
        "is_staff": False,
        "username": username,
        "name": _text(document, "name")[:255],
        "email": _first_address(document)[:254],
        "is_active": document.get("active") is not False,
        "presence": status if status in User.Presence.values else User.Presence.OFFLINE.value,
        "type": _user_type(document),
        "language": _text(document, "language")[:16],
        "date_joined": parse_datetime(document.get("createdAt"), "createdAt") or EPOCH,
        "last_login": parse_datetime(document.get("lastLogin"), "lastLogin"),
    }


def room_row(document: dict[str, Any]) -> Row:
    """Make a room. Its team is made by RoomCollection."""
    kind = document.get("t")
    if kind not in Room.Type.values:
        raise InvalidValue(f"unknown room type {kind!r}"[:80])
    return {
        "id": _own_id(document),
        "type": kind,
        "name": _text(document, "name")[:255],
        "parent_id": parse_id(document.get("prid"), "prid"),
        "team_id": parse_id(document.get("teamId"), "teamId"),
        # The team's main room, which every member is in anyway, is no default room.
        "is_team_default": document.get("teamDefault") is True and document.get("teamMain") is not True,
        "is_archived": document.get("archived") is True,
        "created_at": parse_datetime(document.get("ts"), "ts") or EPOCH,
    }


def subscription_row(document: dict[str, Any]) -> Row:
    """Make a subscription of a user to a room."""
    return {
        "id": _own_id(document),
        "user_id": _nested_id(document, "u"),
        "room_id": parse_id(document.get("rid"), "rid"),
        "last_seen_at": parse_datetime(document.get("ls"), "ls"),
    }


def message_row(document: dict[str, Any]) -> Row:
    """Make a message. The root of its thread may follow later in the export or be missing from it."""
    sent_at = parse_datetime(document.get("ts"), "ts")
    if sent_at is None:
        raise InvalidValue("missing 'ts'")
    return {
        "id": _own_id(document),
        "room_id": parse_id(document.get("rid"), "rid"),
        "author_id": _nested_id(document, "u"),
        "sent_at": sent_at,
        "thread_root_id": parse_id(document.get("tmid"), "tmid"),
        "is_pinned": document.get("pinned") is True,
        "edited_at": parse_datetime(document.get("editedAt"), "editedAt"),
    }


def upload_row(document: dict[str, Any]) -> Row:
    """Make an uploaded file. It is loaded even if its room no longer exists."""
    return {
        "id": _own_id(document),
        "room_id": parse_id(document.get("rid"), "rid"),
        "user_id": parse_id(document.get("userId"), "userId"),
        "name": _text(document, "name")[:255],
        "size": parse_int(document.get("size"), "size"),
        "uploaded_at": parse_datetime(document.get("uploadedAt"), "uploadedAt") or EPOCH,
    }


def _own_id(document: dict[str, Any]) -> str:
    id_ = parse_id(document.get("_id"), "_id")
    if id_ is None:
        raise InvalidValue("missing '_id'")
    return id_


def _nested_id(document: dict[str, Any], name: str) -> str | None:
    inner = document.get(name)
    return parse_id(inner.get("_id"), f"{name}._id") if isinstance(inner, dict) else None


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _first_address(document: dict[str, Any]) -> str:
    emails = document.get("emails")
    first = emails[0] if isinstance(emails, list) and emails else None
    return _text(first, "address") if isinstance(first, dict) else ""


def _user_type(document: dict[str, Any]) -> str:
    """Return the type of an account: some bots, apps and guests are marked only by a role."""
    roles = document.get("roles")
    for kind in (User.Type.GUEST, User.Type.BOT, User.Type.APP):
        if document.get("type") == kind or (isinstance(roles, list) and kind.value in roles):
            return kind.value
    return User.Type.USER.value
