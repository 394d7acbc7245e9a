"""The contract of this project's chat: its factories, and counts by plain queries."""

from typing import Any

from django.db.models import Count, Sum

from statistics_app.sources.base import Presence, RoomKind, Tally, UserType
from statistics_app.testing import Message, Read, Room, SourceContract, Team, Upload, User
from statsproject.chat import models


class WorkspaceContract(SourceContract):
    """What `statsproject.chat` needs to be tested."""

    kinds = tuple(RoomKind)
    presences = tuple(Presence)
    types = tuple(UserType)
    uncounted = ("room",)

    def build_user(self, user: User) -> models.User:
        return models.User(
            username=f"user-{user.number}",
            is_active=user.active,
            presence=user.presence,
            type=user.type,
            language=user.language,
            last_login=user.last_login,
            date_joined=user.created_at,
        )

    def build_team(self, team: Team) -> models.Team:
        return models.Team(name=f"team {team.number}")

    def build_room(self, room: Room) -> models.Room:
        return models.Room(
            type=room.kind if room.counts else "x",
            parent=room.parent,
            team=room.team,
            is_team_default=room.is_team_default,
            created_at=room.created_at,
        )

    def build_message(self, message: Message) -> models.Message:
        return models.Message(
            room=message.room,
            author=message.author,
            sent_at=message.sent_at,
            thread_root=message.root,
            is_pinned=message.pinned,
        )

    def build_read(self, read: Read) -> models.Subscription:
        return models.Subscription(user=read.user, room=read.room, last_seen_at=read.last_seen)

    def build_upload(self, upload: Upload) -> models.Upload:
        return models.Upload(room=upload.room, user=upload.user, size=upload.size, uploaded_at=upload.uploaded_at)

    def plain_counts(self) -> dict[str, Any]:
        messages = models.Message.objects.exclude(room__type="x")
        size = models.Upload.objects.aggregate(size=Sum("size", default=0))["size"]
        latest = models.Message.objects.exclude(room__type="x").order_by("-sent_at").first()
        return {
            "rooms": dict(models.Room.objects.exclude(type="x").values_list("type").annotate(number=Count("pk"))),
            "pinned": messages.filter(is_pinned=True).count(),
            "threads": messages.exclude(thread_root=None).values("thread_root").distinct().count(),
            "uploads": Tally(models.Upload.objects.count(), size),
            "last_message": latest.sent_at if latest else None,
        }
