"""The chat's tables, reduced to the columns that the statistics need.

The time of an event is null where it is unknown: such a row is counted, and is in no chart.
"""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from statistics_app.serialization import make_id


class Identified(models.Model):
    """Rows with a string id like those of Rocket.Chat, so that imported rows keep their ids."""

    id = models.CharField(primary_key=True, max_length=64, default=make_id)

    class Meta:
        abstract = True


class User(Identified, AbstractUser):
    """An account: a person, a bot, an app or a guest."""

    class Presence(models.TextChoices):
        """The presence that other users see."""

        ONLINE = "online"
        AWAY = "away"
        BUSY = "busy"
        OFFLINE = "offline"

    class Type(models.TextChoices):
        """The kind of account."""

        USER = "user"
        BOT = "bot"
        APP = "app"
        GUEST = "guest"

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    name = models.CharField(max_length=255, blank=True)
    presence = models.CharField(max_length=8, choices=Presence, default=Presence.OFFLINE)
    type = models.CharField(max_length=8, choices=Type, default=Type.USER)
    language = models.CharField(max_length=16, blank=True)
    # Unknown of some imported accounts.
    date_joined = models.DateTimeField(  # type: ignore[assignment]
        _("date joined"), default=timezone.now, null=True, blank=True
    )

    class Meta(AbstractUser.Meta):
        indexes = [
            models.Index(fields=["last_login"], name="chat_user_last_login"),
            models.Index(fields=["is_active", "presence", "type"], name="chat_user_kinds"),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        """Return the display name."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """Return the username."""
        return self.username


class Team(Identified):
    """A group of rooms."""

    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.name


class Room(Identified):
    """A room. A room with a parent room is a discussion."""

    class Type(models.TextChoices):
        """Room types, stored as Rocket.Chat's letters; there are more of them, which are all of the type other.

        A room of unknown type is a placeholder: imported rows refer to it, but the export has no document of it.
        """

        CHANNEL = "c", "channel"
        PRIVATE_GROUP = "p", "private group"
        DIRECT = "d", "direct"
        LIVECHAT = "l", "livechat"
        OTHER = "o", "other"
        UNKNOWN = "u", "unknown"

    type = models.CharField(max_length=1, choices=Type, default=Type.CHANNEL)
    name = models.CharField(max_length=255, blank=True)
    # No constraint: during an import the parent may be loaded later, or be missing from the export.
    parent = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, db_constraint=False, null=True, blank=True, related_name="discussions"
    )
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="rooms")
    # Who becomes a member of the team joins the room.
    is_team_default = models.BooleanField(default=False, db_default=False)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["type"], name="chat_room_type")]

    def __str__(self) -> str:
        return self.name or self.id


class Message(Identified):
    """A message. One with a thread root is a reply; during an import the root may be loaded later or be missing."""

    # Longer than other ids: those of messages from other servers contain the server's name.
    id = models.CharField(primary_key=True, max_length=255, default=make_id)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="messages")
    sent_at = models.DateTimeField(default=timezone.now, null=True, blank=True)
    thread_root = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, db_constraint=False, null=True, blank=True, related_name="replies"
    )
    is_pinned = models.BooleanField(default=False)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sent_at"], name="chat_message_sent_at"),
            models.Index(fields=["id"], condition=models.Q(is_pinned=True), name="chat_message_pinned"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}, {self.sent_at:%Y-%m-%d %H:%M}" if self.sent_at else f"{self.room_id}, at an unknown time"


class Subscription(Identified):
    """A user's subscription to a room, with the time they last read it; that of an unknown account has no user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="subscriptions")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="subscriptions")
    last_seen_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["user", "room"], name="chat_subscription_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id or 'somebody'} in {self.room_id}"


class Upload(Identified):
    """An uploaded file."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, blank=True, related_name="uploads")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    name = models.CharField(max_length=255, blank=True)
    size = models.BigIntegerField(default=0)
    uploaded_at = models.DateTimeField(default=timezone.now, null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.id


class ImportProgress(models.Model):
    """The progress of loading one stream of an export, stored with each batch so that a killed import resumes there."""

    file = models.CharField(primary_key=True, max_length=1024)
    size = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    lines = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    # The defaults of the database are for an import that still runs while the columns are added.
    reasons = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    rejects_length = models.BigIntegerField(default=0)
    notes = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    is_done = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "import progress"

    def __str__(self) -> str:
        return f"{self.file}: {self.lines} documents"
