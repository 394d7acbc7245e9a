"""Make rows of this chat's tables from what is in a Slack export. Errors: InvalidValue if that cannot be loaded."""

from datetime import datetime
from typing import Any, NamedTuple

from ...models import Message, Room, Subscription, Upload, User
from .. import anonymous_rows as rows
from ..anonymous_rows import collection_of
from ..plain_values import object_in, parse_id, parse_size, parse_time, require_id, require_time, strings_in, text_of
from ..upsert import Row

# Slack's own bot, which the export does not mark as one.
SLACKBOT = "USLACKBOT"


class SlackRoom(NamedTuple):
    """What the messages of a conversation need to know of it: its id, and the times of the pinned ones."""

    id: str
    pinned: frozenset[str]


def user_row(user: dict[str, Any]) -> Row:
    """Make an account. Slack does not export when it was created."""
    id_ = require_id(user.get("id"), "id")
    is_guest = user.get("is_restricted") is True or user.get("is_ultra_restricted") is True
    type_ = User.Type.GUEST if is_guest else User.Type.USER
    if user.get("is_bot") is True or id_ == SLACKBOT:
        type_ = User.Type.BOT
    return rows.account(id_, type_, is_active=user.get("deleted") is not True, language=text_of(user.get("locale")))


def room_row(document: dict[str, Any]) -> Row:
    """Make a room of a conversation."""
    conversation = document["room"]
    return rows.room(
        require_id(conversation.get("id"), "id"),
        document["type"],
        is_archived=conversation.get("is_archived") is True,
        created_at=parse_time(conversation.get("created"), "created"),
    )


def member_row(document: dict[str, Any]) -> Row:
    """Make the subscription of a member of a conversation. Slack does not export when it was last read."""
    return rows.subscription(require_id(document["room"], "id"), require_id(document["user"], "members"))


def message_row(document: dict[str, Any]) -> Row:
    """Make a message, also of one that Slack wrote itself, as when somebody joins."""
    message, room = document["message"], document["room"]
    sent_at = require_time(message.get("ts"), "ts")
    thread = parse_time(message.get("thread_ts"), "thread_ts")
    return rows.message(
        _message_id(room, sent_at),
        room.id,
        _author(message) or document["bots"].get(parse_id(message.get("bot_id"), "bot_id")),
        sent_at,
        thread_root_id=_message_id(room, thread) if thread and thread != sent_at else None,
        is_pinned=message["ts"] in room.pinned or room.id in strings_in(message.get("pinned_to")),
        edited_at=parse_time(object_in(message, "edited").get("ts"), "edited.ts"),
    )


def file_row(document: dict[str, Any]) -> Row:
    """Make an uploaded file, in the conversation where it was shared last."""
    file, room = document["file"], document["room"]
    return rows.upload(
        require_id(file.get("id"), "files.id"),
        room.id,
        parse_id(file.get("user"), "files.user") or _author(document["message"]),
        parse_size(file.get("size"), "files.size"),
        parse_time(file.get("created") or file.get("timestamp"), "files.created"),
    )


USERS = collection_of(User, "users", user_row)
ROOMS = collection_of(Room, "conversations", room_row)
MEMBERS = collection_of(Subscription, "members", member_row)
MESSAGES = collection_of(Message, "messages", message_row)
FILES = collection_of(Upload, "files", file_row)


def _message_id(room: SlackRoom, moment: datetime) -> str:
    """Return the id of a message: its time is unique in its conversation."""
    return require_id(f"{room.id}-{moment.timestamp():.6f}", "ts")


def _author(message: dict[str, Any]) -> str | None:
    """Return the account that wrote a message; that of a comment on a file is only in the comment."""
    return parse_id(message.get("user") or object_in(message, "comment").get("user"), "user")
