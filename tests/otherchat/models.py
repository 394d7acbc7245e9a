"""The other host's tables: integer and UUID keys, booleans for kinds, posts that are deleted by a mark.

Some members write to each other without a room, and some rooms are of a subtype.
"""

import uuid

from django.conf import settings
from django.db import models


class Member(models.Model):
    """A member of the chat, with an account of Django."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    is_banned = models.BooleanField(default=False)
    is_robot = models.BooleanField(default=False)
    locale = models.CharField(max_length=10, null=True)  # noqa: DJ001 - a host may have such a column

    def __str__(self) -> str:
        return f"{self.account}"


class Conversation(models.Model):
    """A room; it is private unless it is public, direct or for support."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    is_public = models.BooleanField(default=False)
    is_dm = models.BooleanField(default=False)
    is_support = models.BooleanField(default=False)
    split_from = models.ForeignKey("self", on_delete=models.CASCADE, null=True)

    def __str__(self) -> str:
        return f"{self.key}"


class HelpDesk(Conversation):
    """A room for support, a subtype of rooms with a table of its own."""

    opens_at = models.TimeField(null=True)


class VisiblePosts(models.Manager):
    """A manager that hides deleted posts, and orders the others."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(deleted_at=None).order_by("-posted_at")


class Post(models.Model):
    """A message; one without a conversation is for all members."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True)
    author = models.ForeignKey(Member, on_delete=models.CASCADE)
    posted_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    reply_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True)

    objects = VisiblePosts()

    class Meta:
        ordering = ["posted_at"]

    def __str__(self) -> str:
        return f"{self.posted_at}"


class Attachment(models.Model):
    """A file of a post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    octets = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.octets} bytes"


class DirectMessage(models.Model):
    """A message from one member to another, without a room."""

    sender = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    recipient = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(db_index=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.sent_at}"
