"""Go on with the stranger's chat: say something, take something back, move it, make a talk public."""

from datetime import UTC, datetime

import django

django.setup()

from tests.otherchat.models import Conversation, Member, Post  # noqa: E402 - models need the settings


def change() -> None:
    """Add four posts and take two back, one of them by its mark; the numbers of kinds change as well."""
    now = datetime(2026, 3, 4, tzinfo=UTC)
    somebody = Member.objects.first()
    private = Conversation.objects.create()
    posts = [Post.objects.create(conversation=private, author=somebody, posted_at=now) for _ in range(4)]
    Post.objects.filter(pk=posts[0].pk).update(deleted_at=now)
    Post.objects.filter(pk=posts[1].pk).delete()
    Post.objects.filter(pk=posts[2].pk).update(reply_to=posts[3])
    Conversation.objects.filter(pk=private.pk).update(is_public=True)


if __name__ == "__main__":
    change()
