"""The contract of the other host, which `python -m tests.otherchat.run_contract CLASS…` runs with Django's own test runner."""

from django.contrib.auth.models import User as Account
from django.test import TestCase, TransactionTestCase

from statistics_app.sources.base import RoomKind, UserType
from statistics_app.testing import Message, Room, SourceContract, Upload, User

from .models import Attachment, Conversation, Member, Post


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
