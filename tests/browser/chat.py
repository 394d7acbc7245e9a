"""Fill the browser tests' chat: `python -m tests.browser.chat`, since a test with a browser may not use the models."""

import sys

import django

from .people import ADMINISTRATOR, MEMBER, PASSWORDS, VIEWER

DAYS = 40
MESSAGES = 1_234
ONE_MORE = "oneMore"


def main() -> None:
    """Make people, rooms and messages of the last days; or, when told so, one message more or one less."""
    django.setup()
    deeds = {"people": make_people, "one-more": add_message, "one-less": remove_message}
    deeds.get(" ".join(sys.argv[1:]), fill_all)()


def add_message() -> None:
    """Send one more message."""
    from django.utils import timezone

    from statsproject.chat.models import Message, Room, User

    Message.objects.create(pk=ONE_MORE, room=Room.objects.first(), author=User.objects.first(), sent_at=timezone.now())


def remove_message() -> None:
    """Take it back."""
    from statsproject.chat.models import Message

    Message.objects.filter(pk=ONE_MORE).delete()


def fill_all() -> None:
    """Make people, rooms and messages."""
    from django.utils import timezone

    from statsproject.chat.seeding import fill
    from statsproject.chat.seeding.plan import Plan

    fill(Plan(timezone.now(), DAYS, users=24, rooms=6, messages=MESSAGES, uploads=30, subscriptions_per_user=3))
    make_people()


def make_people() -> None:
    """Make those who sign in."""
    from django.contrib.auth.models import Permission

    from statsproject.chat.models import User

    viewer = User.objects.create_user(VIEWER, password=PASSWORDS[VIEWER])
    viewer.user_permissions.add(Permission.objects.get(codename="view_statistics"))
    User.objects.create_user(MEMBER, password=PASSWORDS[MEMBER])
    User.objects.create_superuser(ADMINISTRATOR, password=PASSWORDS[ADMINISTRATOR])


if __name__ == "__main__":
    main()
