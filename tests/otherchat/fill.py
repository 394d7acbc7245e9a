"""`python -m tests.otherchat.fill`: fill the other host's tables."""

from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.contrib.auth.models import Group, Permission, User  # noqa: E402 - models can be imported only after setup()

from tests.otherchat.models import Attachment, Conversation, Member, Post  # noqa: E402

FAR_FUTURE = datetime(2099, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def fill() -> None:
    """Create five members, six conversations and their posts."""
    members = [make_member(name) for name in ("ada", "bob", "eve", "robot", "gone")]
    ada, _, eve, robot, gone = members
    ada.account.user_permissions.add(Permission.objects.get(codename="view_statistics"))
    Group.objects.get(name="Statistics viewers").user_set.add(eve.account)
    Member.objects.filter(pk=ada.pk).update(locale="ne")
    Member.objects.filter(pk=eve.pk).update(is_banned=True, locale="")
    Member.objects.filter(pk=robot.pk).update(is_robot=True)
    User.objects.filter(pk=gone.account_id).update(is_active=False, last_login=FAR_FUTURE)
    public = make_conversation(5, ada, is_public=True)
    make_conversation(4, ada, is_public=True, split_from=public)
    make_conversation(3, ada)
    make_conversation(2, ada, is_dm=True)
    make_conversation(1, ada, is_support=True)
    make_conversation(0, ada, is_dm=True, is_support=True)
    make_replies(public, ada)


def make_member(name: str) -> Member:
    """Create a member with an account and a password."""
    return Member.objects.create(account=User.objects.create_user(name, f"{name}@other.example", "the other host's password"))


def make_conversation(posts: int, author: Member, **columns: object) -> Conversation:
    """Create a conversation with some posts."""
    conversation = Conversation.objects.create(**columns)
    for minute in range(posts):
        Post.objects.create(conversation=conversation, author=author, posted_at=NOON + timedelta(minutes=minute))
    return conversation


def make_replies(conversation: Conversation, author: Member) -> None:
    """Add two threads, a third whose only reply was deleted, files, and a post without a conversation."""
    roots = list(Post.objects.filter(conversation=conversation)[:3])
    late = NOON + timedelta(days=1)
    for root, deleted_at in ((roots[0], None), (roots[0], None), (roots[1], None), (roots[2], late)):
        reply = Post.objects.create(
            conversation=conversation, author=author, posted_at=late, reply_to=root, deleted_at=deleted_at
        )
        Attachment.objects.create(post=reply, octets=2_000_000_000)
    Post.objects.create(author=author, posted_at=NOON)


if __name__ == "__main__":
    fill()
