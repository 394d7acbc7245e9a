"""The source of the chat of several tables."""

from typing import ClassVar

from django.db.models import Q

from statistics_app.sources.base import RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.pairs import Pair
from statistics_app.sources.tables import MessageTable, RoomTable, UploadTable, UserTable


class ManyChatSource(MappedSource):
    """All tables: the messages on topics are counted live, since the hall of one is found by a path."""

    user_table = UserTable(model="manychat.Person", types={UserType.BOT: Q(is_robot=True)})
    room_tables: ClassVar = [
        RoomTable(
            model="manychat.Hall",
            where=Q(is_ruin=False),
            kinds={RoomKind.CHANNEL: Q(is_listed=True), RoomKind.PRIVATE_GROUP: Q(is_listed=False)},
            discussion=Q(part_of__isnull=False),
            created_at="opened_at",
        ),
        RoomTable(model="manychat.Booth", kind=RoomKind.PRIVATE_GROUP, created_at="opened_at"),
    ]
    message_tables: ClassVar = [
        MessageTable(
            model="manychat.Speech",
            where=Q(is_hidden=False),
            room="hall",
            sent_at="at",
            author="author",
            thread_root="reply_to",
            pinned=Q(is_pinned=True),
        ),
        MessageTable(
            model="manychat.Comment",
            room="hall",
            sent_at="at",
            author="author",
            thread_root="speech",
            pinned=Q(is_pinned=True),
        ),
        MessageTable(model="manychat.Whisper", room="booth", sent_at="at", author="author", pinned=Q(is_pinned=True)),
        MessageTable(
            model="manychat.Letter", room=Pair("author", "recipient"), sent_at="at", author="author", pinned=Q(is_pinned=True)
        ),
        MessageTable(model="manychat.Telegram", room=Pair("sender", "receiver"), sent_at="at", author="sender"),
        MessageTable(model="manychat.Post", room="topic__hall", sent_at="at", author="author"),
    ]
    upload_tables: ClassVar = [
        UploadTable(model="manychat.Picture", size="size", uploaded_at="at", room="hall"),
        UploadTable(model="manychat.Scan", size="size", uploaded_at="at", room="booth"),
    ]


class WithoutPosts(ManyChatSource):
    """The tables that triggers can count."""

    message_tables: ClassVar = ManyChatSource.message_tables[:-1]


class OnlyHalls(ManyChatSource):
    """One table of each kind, as before the others were declared."""

    room_tables: ClassVar = ManyChatSource.room_tables[:1]
    message_tables: ClassVar = ManyChatSource.message_tables[:1]
    upload_tables: ClassVar = ManyChatSource.upload_tables[:1]
