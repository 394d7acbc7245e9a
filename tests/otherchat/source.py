"""What the stranger tells the statistics app; there are no pins, no teams, no presence, and nobody notes what was read."""

from dataclasses import replace

from django.db.models import Q

from statistics_app.sources.base import RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, UploadTable, UserTable


class OtherChatSource(MappedSource):
    """Declarations over the stranger's tables."""

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
    upload_table = UploadTable(model="otherchat.Attachment", size="octets", where=Q(post__deleted_at=None))


class DeletedTooSource(OtherChatSource):
    """Deleted posts count as well, though their manager hides them."""

    message_table = replace(OtherChatSource.message_table, where=Q())


class ByExclusionSource(OtherChatSource):
    """The same, said otherwise: what is not public is private, and what was split from nothing is no discussion."""

    room_table = replace(
        OtherChatSource.room_table,
        kinds={**OtherChatSource.room_table.kinds, RoomKind.PRIVATE_GROUP: ~Q(is_public=True)},
        discussion=~Q(split_from=None),
    )
