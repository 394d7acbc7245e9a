"""The source of this chat's statistics: a declaration of its tables."""

from typing import Any

from django.db.models import Q

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, SubscriptionTable, Table, UploadTable, UserTable

from .models import Room, User


class WorkspaceSource(MappedSource):
    """The source that reads the tables of `statsproject.chat`."""

    user_table = UserTable(
        model="chat.User",
        active=Q(is_active=True),
        presence={presence: Q(presence=presence.value) for presence in Presence},
        types={type_: Q(type=type_.value) for type_ in UserType},
        language="language",
        last_login="last_login",
        created_at="date_joined",
        name="username",
    )
    room_table = RoomTable(
        model="chat.Room",
        kinds={
            RoomKind.CHANNEL: Q(type=Room.Type.CHANNEL),
            RoomKind.PRIVATE_GROUP: Q(type=Room.Type.PRIVATE_GROUP),
            RoomKind.DIRECT: Q(type=Room.Type.DIRECT),
            RoomKind.LIVECHAT: Q(type=Room.Type.LIVECHAT),
            RoomKind.OTHER: Q(type=Room.Type.OTHER),
            RoomKind.UNKNOWN: Q(type=Room.Type.UNKNOWN),
        },
        discussion=Q(parent__isnull=False),
        team="team",
        team_default=Q(is_team_default=True),
        created_at="created_at",
        name="name",
        public=Q(type=Room.Type.CHANNEL),
    )
    message_table = MessageTable(
        model="chat.Message",
        room="room",
        sent_at="sent_at",
        author="author",
        thread_root="thread_root",
        pinned=Q(is_pinned=True),
    )
    subscription_table = SubscriptionTable(model="chat.Subscription", last_seen="last_seen_at", user="user")
    upload_table = UploadTable(model="chat.Upload", size="size", uploaded_at="uploaded_at", room="room")
    team_table = Table(model="chat.Team")

    def me(self, user: User) -> dict[str, Any]:
        """Add a user's presence and language, and their groups as roles."""
        connected = user.presence in (Presence.ONLINE, Presence.AWAY, Presence.BUSY)
        return {
            **super().me(user),
            "roles": [
                *(["admin"] if user.is_superuser else []),
                user.type,
                *user.groups.values_list("name", flat=True),
            ],
            "status": user.presence,
            "statusConnection": Presence.ONLINE.value if connected else Presence.OFFLINE.value,
            "language": user.language,
        }
