"""`python -m tests.otherchat.change`: change the other host's tables after the installation of running counts."""

from datetime import UTC, datetime

import django

django.setup()

from tests.otherchat.models import Conversation, Member, Post  # noqa: E402 - models can be imported only after setup()


def change() -> None:
    """Add a conversation with four posts, delete two of them, one by its mark, and make the conversation public."""
    now = datetime(2026, 3, 4, tzinfo=UTC)
    author = Member.objects.first()
    private = Conversation.objects.create()
    posts = [Post.objects.create(conversation=private, author=author, posted_at=now) for _ in range(4)]
    Post.objects.filter(pk=posts[0].pk).update(deleted_at=now)
    Post.objects.filter(pk=posts[1].pk).delete()
    Post.objects.filter(pk=posts[2].pk).update(reply_to=posts[3])
    Conversation.objects.filter(pk=private.pk).update(is_public=True)


if __name__ == "__main__":
    change()
