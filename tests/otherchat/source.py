"""The sources of the other host, which has no pins, teams or read times; who is there is in its cache."""

from collections import defaultdict
from dataclasses import replace
from typing import Any, ClassVar

from django.core.cache import cache
from django.db.models import Q

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.sources.declared_presence import Asked
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.pairs import Pair
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


PRESENCES = "presences"
"""The key in the cache of a dictionary of presences by the ids of accounts."""


def who_is_there() -> dict[Presence, list[Any]]:
    """Return the ids of accounts by presence."""
    found: dict[Presence, list[Any]] = defaultdict(list)
    for account, presence in cache.get(PRESENCES, {}).items():
        found[presence].append(account)
    return found


class EveryTableSource(OtherChatSource):
    """Direct messages without rooms and presence in the cache as well; rooms for support are those of the subtype."""

    user_table = replace(OtherChatSource.user_table, presence=Asked(who_is_there, key="account"))
    room_table = replace(
        OtherChatSource.room_table,
        kinds={**OtherChatSource.room_table.kinds, RoomKind.LIVECHAT: Q(helpdesk__isnull=False)},
    )
    message_table = None
    message_tables: ClassVar = [
        replace(OtherChatSource.message_table, author="author"),
        MessageTable(
            model="otherchat.DirectMessage",
            where=Q(withdrawn_at=None),
            room=Pair("sender", "recipient"),
            sent_at="sent_at",
            author="sender",
        ),
    ]
