"""The contract of the chat with a column of every type: texts and UUIDs as keys, messages that know rooms by a code."""

import uuid

from django.db.models import Q

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.tables import MessageTable, RoomTable, Table, UploadTable, UserTable
from statistics_app.testing import SourceContract, wanted

from . import models


class AnyChatSource(MappedSource):
    """Declarations of all that the tables can mean."""

    user_table = UserTable(
        model="anychat.Person",
        where=~Q(number=0),
        active=Q(boolean=True),
        presence={presence: Q(char=presence.value) for presence in Presence},
        types={type_: Q(text=type_.value) for type_ in UserType},
        language="odd",
        last_login="moment",
        created_at="later",
        name="email",
    )
    room_table = RoomTable(
        model="anychat.Room",
        where=Q(number__gt=0),
        kinds={kind: Q(char=kind.value) for kind in RoomKind},
        discussion=Q(parent__isnull=False),
        team="team",
        team_default=Q(boolean=True),
        created_at="moment",
    )
    message_table = MessageTable(
        model="anychat.Message",
        where=Q(later=None),
        room="coded",
        sent_at="moment",
        author="author",
        thread_root="parent",
        pinned=Q(boolean=True),
    )
    upload_table = UploadTable(
        model="anychat.Upload", where=Q(message__later=None), size="big", uploaded_at="moment", room="message__coded"
    )
    team_table = Table(model="anychat.Team", where=Q(slug="counts"))


class AnyChatContract(SourceContract):
    """What the chat needs to be tested."""

    source = AnyChatSource
    kinds = tuple(RoomKind)
    presences = tuple(Presence)
    types = tuple(UserType)
    languages = ("", "de", 'q"u,o', "none")
    uncounted = ("user", "room", "message", "team")
    uploads_follow_messages = True

    def build_user(self, user: wanted.User) -> models.Person:
        return models.Person(
            pk=f"p{user.number}",
            number=int(user.counts),
            boolean=user.active,
            char=user.presence,
            text=user.type,
            odd=user.language,
            moment=user.last_login,
            later=user.created_at,
        )

    def build_team(self, team: wanted.Team) -> models.Team:
        return models.Team(slug="counts" if team.counts else "")

    def build_room(self, room: wanted.Room) -> models.Room:
        return models.Room(
            pk=f"r{room.number}",
            code=f"code {room.number}",
            number=int(room.counts),
            char=room.kind,
            parent=room.parent,
            team=room.team,
            boolean=room.is_team_default,
            moment=room.created_at,
        )

    def build_message(self, message: wanted.Message) -> models.Message:
        return models.Message(
            room=message.room,
            free=message.room,
            coded=message.room,
            author=message.author,
            moment=message.sent_at,
            parent=message.root,
            boolean=message.pinned,
            later=None if message.counts else message.sent_at,
        )

    def build_upload(self, upload: wanted.Upload) -> models.Upload:
        return models.Upload(
            pk=uuid.UUID(int=upload.number), message=upload.message, big=upload.size, moment=upload.uploaded_at
        )
