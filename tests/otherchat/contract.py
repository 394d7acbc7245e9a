"""The contract of the other host, which `python -m tests.otherchat.run_contract CLASS…` runs with Django's own test runner."""

from typing import Any

from django.contrib.auth.models import User as Account
from django.core.cache import cache
from django.test import TestCase, TransactionTestCase

from statistics_app.sources.base import Presence, RoomKind, UserType
from statistics_app.testing import Message, Room, SourceContract, Upload, User

from .models import Attachment, Conversation, DirectMessage, HelpDesk, Member, Post
from .source import PRESENCES, EveryTableSource


class OtherChatContract(SourceContract):
    """What the other host needs to be tested: accounts in two tables, posts that are marked as deleted, files of posts."""

    kinds = (RoomKind.DIRECT, RoomKind.LIVECHAT, RoomKind.CHANNEL, RoomKind.PRIVATE_GROUP)
    types = (UserType.USER, UserType.BOT)
    uncounted = ("message",)
    uploads_follow_messages = True

    def build_user(self, user: User) -> Member:
        is_banned = not user.active and user.number % 2 == 0
        account, _ = Account.objects.update_or_create(
            username=f"user-{user.number}",
            defaults={
                "is_active": user.active or is_banned,
                "last_login": user.last_login,
                "date_joined": user.created_at,
            },
        )
        return Member(account=account, is_banned=is_banned, is_robot=user.type is UserType.BOT, locale=user.language)

    def build_room(self, room: Room) -> Conversation:
        return Conversation(
            is_dm=room.kind is RoomKind.DIRECT,
            is_support=room.kind is RoomKind.LIVECHAT,
            is_public=room.kind is RoomKind.CHANNEL,
            split_from=room.parent,
        )

    def build_message(self, message: Message) -> Post:
        return Post(
            conversation=message.room,
            author=message.author,
            posted_at=message.sent_at,
            reply_to=message.root,
            deleted_at=None if message.counts else message.sent_at,
        )

    def build_upload(self, upload: Upload) -> Attachment:
        return Attachment(post=upload.message, octets=upload.size)


class InATransaction(OtherChatContract, TestCase):
    """The contract in Django's TestCase."""


class Committed(OtherChatContract, TransactionTestCase):
    """The contract in Django's TransactionTestCase."""

    seed = 1


class EveryTable(OtherChatContract, TransactionTestCase):
    """The contract of the source with all tables: every second direct room is nothing but the messages between two members."""

    source = EveryTableSource
    presences = tuple(Presence)

    def build_user(self, user: User) -> Member:
        member = super().build_user(user)
        cache.set(PRESENCES, {**cache.get(PRESENCES, {}), member.account_id: user.presence})
        return member

    def build_room(self, room: Room) -> Any:
        if room.kind is RoomKind.LIVECHAT:
            return HelpDesk(split_from=room.parent)
        if room.kind is RoomKind.DIRECT and room.number % 2:
            return None if room.parent else room.members
        return super().build_room(room)

    def build_message(self, message: Message) -> Any:
        if not isinstance(message.room, tuple):
            return super().build_message(message)
        if message.root:
            return None
        [recipient] = [member for member in message.room if member != message.author]
        withdrawn_at = None if message.counts else message.sent_at
        return DirectMessage(sender=message.author, recipient=recipient, sent_at=message.sent_at, withdrawn_at=withdrawn_at)

    def build_upload(self, upload: Upload) -> Attachment | None:
        return None if isinstance(upload.message, DirectMessage) else super().build_upload(upload)
