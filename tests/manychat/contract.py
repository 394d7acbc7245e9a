"""The contract of the chat of several tables: halls and booths, messages in six tables, files in two."""

from typing import Any

from django.db.models import Model

from statistics_app.sources.base import RoomKind, UserType
from statistics_app.testing import Message, Room, SourceContract, Upload, User

from .models import Booth, Comment, Hall, Letter, Person, Picture, Post, Scan, Speech, Telegram, Topic, Whisper
from .source import ManyChatSource

# The model of a message in a hall depends on its number, which stays the same when the message changes.
IN_HALLS = (Speech, Comment, Post)


class ManyChatContract(SourceContract):
    """What the chat of several tables needs to be tested."""

    source = ManyChatSource
    types = (UserType.USER, UserType.BOT)
    deactivated_users = False
    uncounted = ("room", "message")

    def build_user(self, user: User) -> Person:
        return Person(is_robot=user.type is UserType.BOT)

    def build_room(self, room: Room) -> Any:
        if room.kind is RoomKind.DIRECT:
            return room.members if room.counts and not room.parent else None
        if room.kind is RoomKind.PRIVATE_GROUP and room.number % 2 and room.counts and not room.parent:
            return Booth(opened_at=room.created_at)
        if room.parent and not isinstance(room.parent, Hall):
            return None
        is_listed = room.kind is RoomKind.CHANNEL
        return Hall(opened_at=room.created_at, is_listed=is_listed, is_ruin=not room.counts, part_of=room.parent)

    def build_message(self, message: Message) -> Model | None:
        if isinstance(message.room, Hall):
            return in_hall(message, IN_HALLS[message.number % 3])
        if not message.counts or message.root:
            return None
        if isinstance(message.room, Booth):
            return Whisper(booth=message.room, author=message.author, at=message.sent_at, is_pinned=message.pinned)
        [other] = [one for one in message.room if one != message.author]
        if message.pinned or message.number % 2:
            return Letter(author=message.author, recipient=other, at=message.sent_at, is_pinned=message.pinned)
        return Telegram(sender=message.author, receiver=other, at=message.sent_at)

    def build_upload(self, upload: Upload) -> Model | None:
        if isinstance(upload.room, Hall):
            return Picture(hall=upload.room, size=upload.size, at=upload.uploaded_at)
        if isinstance(upload.room, Booth):
            return Scan(booth=upload.room, size=upload.size, at=upload.uploaded_at)
        return None


def in_hall(message: Message, model: type[Speech | Comment | Post]) -> Model | None:
    """Return a message of a model, in a hall; None if the model has no such messages."""
    if message.root and not isinstance(message.root, Speech):
        return None
    values: dict[str, Any] = {"author": message.author, "at": message.sent_at, "is_pinned": message.pinned}
    if model is Speech:
        return Speech(hall=message.room, reply_to=message.root, is_hidden=not message.counts, **values)
    if not message.counts:
        return None
    if model is Comment:
        return Comment(hall=message.room, speech=message.root, **values)
    if message.root or message.pinned:
        return None
    return Post(topic=Topic.objects.get_or_create(hall=message.room)[0], **values)
