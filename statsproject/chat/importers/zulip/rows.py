"""Make rows of this chat's tables from what is in a Zulip export. Errors: InvalidValue if that cannot be loaded."""

from dataclasses import dataclass
from typing import Any

from ...models import Message, Room, Subscription, Upload, User
from .. import anonymous_rows as rows
from ..anonymous_rows import collection_of
from ..batch import Batch
from ..collection import Collection
from ..plain_values import find_id, parse_id, parse_size, parse_time, require_id, require_time, text_of
from ..upsert import Row
from .recipients import channel_id

GUEST = 600


@dataclass(frozen=True, slots=True)
class AttachmentCollection(Collection):
    """The attachments. They name messages instead of a room."""

    def before_write(self, batch: Batch) -> None:
        """Put each attachment into the room of the first of its messages."""
        messages = [(_first_message(document.value or {}), row) for document, row in batch.mapped]
        found = Message.objects.filter(pk__in={message for message, _ in messages}).values_list("pk", "room_id")
        rooms = dict(found)
        for message, row in messages:
            row["room_id"] = rooms.get(message)


def user_row(profile: dict[str, Any]) -> Row:
    """Make an account."""
    is_guest = profile.get("role") == GUEST or profile.get("is_guest") is True
    type_ = User.Type.GUEST if is_guest else User.Type.USER
    return rows.account(
        require_id(profile.get("id"), "id"),
        User.Type.BOT if profile.get("is_bot") is True else type_,
        is_active=profile.get("is_active") is not False,
        language=text_of(profile.get("default_language")),
        joined_at=parse_time(profile.get("date_joined"), "date_joined"),
        last_login=parse_time(profile.get("last_login"), "last_login"),
    )


def room_row(document: dict[str, Any]) -> Row:
    """Make a room of a channel, or of some people who write to each other."""
    if "room" in document:
        return rows.room(require_id(document["room"], "id"), Room.Type.DIRECT)
    channel = document["channel"]
    return rows.room(
        channel_id(require_id(channel.get("id"), "id")),
        Room.Type.PRIVATE_GROUP if channel.get("invite_only") is True else Room.Type.CHANNEL,
        is_archived=channel.get("deactivated") is True,
        created_at=parse_time(channel.get("date_created"), "date_created"),
    )


def member_row(document: dict[str, Any]) -> Row:
    """Make the subscription of a person to a channel or group."""
    return rows.subscription(document["room"], require_id(document["subscription"].get("user_profile"), "user_profile"))


def message_row(document: dict[str, Any]) -> Row:
    """Make a message. A topic is no thread: every message has one."""
    message = document["message"]
    # Until 2018 the time was called pub_date.
    sent_at = message.get("date_sent", message.get("pub_date"))
    return rows.message(
        require_id(message.get("id"), "id"),
        require_id(document["room"], "recipient"),
        parse_id(message.get("sender"), "sender"),
        require_time(sent_at, "date_sent"),
        edited_at=parse_time(message.get("last_edit_time"), "last_edit_time"),
    )


def attachment_row(attachment: dict[str, Any]) -> Row:
    """Make an uploaded file. Its room is filled in by the collection."""
    return rows.upload(
        require_id(attachment.get("id"), "id"),
        None,
        parse_id(attachment.get("owner"), "owner"),
        parse_size(attachment.get("size"), "size"),
        parse_time(attachment.get("create_time"), "create_time"),
    )


USERS = collection_of(User, "users", user_row)
ROOMS = collection_of(Room, "channels", room_row)
MEMBERS = collection_of(Subscription, "subscriptions", member_row)
MESSAGES = collection_of(Message, "messages", message_row)
ATTACHMENTS = AttachmentCollection(
    "attachments", Upload, attachment_row, optional=rows.columns_of(Upload).optional, time=rows.columns_of(Upload).time
)


def _first_message(attachment: dict[str, Any]) -> str:
    messages = attachment.get("messages")
    return (find_id(messages[0]) if isinstance(messages, list) and messages else None) or ""
