"""The sources of the other host, which has no pins, teams, presence or read times."""

from dataclasses import replace

from django.db.models import Q

from statistics_app.sources.base import RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, UploadTable, UserTable


class OtherChatSource(MappedSource):
    """The declarations for the other host's tables."""

    user_table = UserTable(
        model="otherchat.Member",
        active=Q(is_banned=False, account__is_active=True),
        types={UserType.BOT: Q(is_robot=True)},
        language="locale",
        last_login="account__last_login",
    )
    room_table = RoomTable(
        model="otherchat.Conversation",
        kinds={
            RoomKind.DIRECT: Q(is_dm=True),
            RoomKind.LIVECHAT: Q(is_support=True),
            RoomKind.CHANNEL: Q(is_public=True),
            RoomKind.PRIVATE_GROUP: Q(is_public=False),
        },
        discussion=Q(split_from__isnull=False),
    )
    message_table = MessageTable(
        model="otherchat.Post",
        where=Q(deleted_at=None),
        room="conversation",
        sent_at="posted_at",
        thread_root="reply_to",
    )
    upload_table = UploadTable(
        model="otherchat.Attachment", size="octets", room="post__conversation", where=Q(post__deleted_at=None)
    )


class DeletedTooSource(OtherChatSource):
    """A source that counts deleted posts as well, although their manager hides them."""

    message_table = replace(OtherChatSource.message_table, where=Q())


class ByExclusionSource(OtherChatSource):
    """The same declarations as negations: what is not public is private, and what was split from nothing is no discussion."""

    room_table = replace(
        OtherChatSource.room_table,
        kinds={**OtherChatSource.room_table.kinds, RoomKind.PRIVATE_GROUP: ~Q(is_public=True)},
        discussion=~Q(split_from=None),
    )
