"""Make rows of this chat's tables from Rocket.Chat's documents.

Errors: InvalidValue if a document cannot be loaded, NotCounted if Rocket.Chat does not count it. A time that is missing or not
plausible is None in the row.
"""

from datetime import datetime
from typing import Any

from statistics_app.sources.quarters import plausible_time

from ...models import Message, Room, User
from ..accounts import IMPORTED_PASSWORD
from ..document import InvalidValue, NotCounted
from ..upsert import Row
from .extended_json import LONGEST_ID, parse_datetime, parse_id, parse_int

LONGEST_USERNAME = 150
LONGEST_MESSAGE_ID = Message._meta.pk.max_length or LONGEST_ID
# The kinds of room that the API distinguishes, by Rocket.Chat's letters.
KINDS = frozenset({Room.Type.CHANNEL, Room.Type.PRIVATE_GROUP, Room.Type.DIRECT, Room.Type.LIVECHAT})
# Of rooms of these kinds, Rocket.Chat shows a name of their own beside the unique one; elsewhere it may be that of a visitor.
NAMED = frozenset({Room.Type.CHANNEL, Room.Type.PRIVATE_GROUP})
# What is left of a removed message with replies, or of any where deleted messages are shown as such.
REMOVED = "rm"
NO_MESSAGE = "skipped, since they are not messages: former versions of edited messages, or removed ones"


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
        "date_joined": _time(document, "createdAt"),
        "last_login": _time(document, "lastLogin"),
    }


def team_row(document: dict[str, Any]) -> Row:
    """Make a team."""
    id_ = _own_id(document)
    return {"id": id_, "name": _text(document, "name")[:255] or id_}


def room_row(document: dict[str, Any]) -> Row:
    """Make a room. Its team is made by RoomCollection, if it has not been loaded."""
    kind = document.get("t")
    if not isinstance(kind, str):
        raise InvalidValue(f"unknown room type {kind!r}"[:80])
    return {
        "id": _own_id(document),
        "type": kind if kind in KINDS else Room.Type.OTHER.value,
        "name": ((kind in NAMED and _text(document, "fname")) or _text(document, "name"))[:255],
        "parent_id": parse_id(document.get("prid"), "prid"),
        "team_id": parse_id(document.get("teamId"), "teamId"),
        # The team's main room, which every member is in anyway, is no default room.
        "is_team_default": document.get("teamDefault") is True and document.get("teamMain") is not True,
        "is_archived": document.get("archived") is True,
        "created_at": _time(document, "ts"),
    }


def subscription_row(document: dict[str, Any]) -> Row:
    """Make a subscription of a user to a room."""
    return {
        "id": _own_id(document),
        "user_id": _nested_id(document, "u"),
        "room_id": _room_id(document),
        "last_seen_at": _time(document, "ls"),
    }


def message_row(document: dict[str, Any]) -> Row:
    """Make a message. The root of its thread may follow later in the export or be missing from it."""
    id_ = _own_id(document, LONGEST_MESSAGE_ID)
    if document.get("_hidden") is True or document.get("t") == REMOVED or "_deletedAt" in document:
        raise NotCounted(NO_MESSAGE, id_)
    return {
        "id": id_,
        "room_id": _room_id(document),
        "author_id": _nested_id(document, "u"),
        "sent_at": _time(document, "ts"),
        "thread_root_id": parse_id(document.get("tmid"), "tmid", LONGEST_MESSAGE_ID),
        "is_pinned": document.get("pinned") is True,
        "edited_at": _time(document, "editedAt"),
    }


def upload_row(document: dict[str, Any]) -> Row:
    """Make an uploaded file. It is loaded even if its room no longer exists."""
    return {
        "id": _own_id(document),
        "room_id": parse_id(document.get("rid"), "rid"),
        "user_id": parse_id(document.get("userId"), "userId"),
        "name": _text(document, "name")[:255],
        "size": parse_int(document.get("size"), "size"),
        "uploaded_at": _time(document, "uploadedAt"),
    }


def _own_id(document: dict[str, Any], longest: int = LONGEST_ID) -> str:
    return _required_id(document, "_id", longest)


def _room_id(document: dict[str, Any]) -> str:
    return _required_id(document, "rid")


def _required_id(document: dict[str, Any], name: str, longest: int = LONGEST_ID) -> str:
    id_ = parse_id(document.get(name), name, longest)
    if id_ is None:
        raise InvalidValue(f"missing '{name}'")
    return id_


def _nested_id(document: dict[str, Any], name: str) -> str | None:
    inner = document.get(name)
    return parse_id(inner.get("_id"), f"{name}._id") if isinstance(inner, dict) else None


def _time(document: dict[str, Any], name: str) -> datetime | None:
    """Return a time, None if it is missing or not plausible."""
    return plausible_time(parse_datetime(document.get(name), name))


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
