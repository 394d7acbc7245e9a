"""Fill the database of the browser tests: `python -m tests.browser.chat`.

This is a separate program, since Django's models cannot be used in a process that runs Playwright.
"""

import sys

import django

from .people import ADMINISTRATOR, MEMBER, PASSWORDS, VIEWER

DAYS = 40
MESSAGES = 1_234
ONE_MORE = "oneMore"


def main() -> None:
    """Run the action that the argument names: `people`, `one-more` or `one-less`; without one, fill the whole database."""
    django.setup()
    actions = {"people": create_people, "one-more": add_message, "one-less": remove_message}
    actions.get(" ".join(sys.argv[1:]), fill_all)()


def add_message() -> None:
    """Create one more message."""
    from django.utils import timezone

    from statsproject.chat.models import Message, Room, User

    Message.objects.create(pk=ONE_MORE, room=Room.objects.first(), author=User.objects.first(), sent_at=timezone.now())


def remove_message() -> None:
    """Delete the message that `add_message` created."""
    from statsproject.chat.models import Message

    Message.objects.filter(pk=ONE_MORE).delete()


def fill_all() -> None:
    """Create users, rooms and the messages of the last days."""
    from django.utils import timezone

    from statsproject.chat.seeding import fill
    from statsproject.chat.seeding.plan import Plan

    fill(Plan(timezone.now(), DAYS, users=24, rooms=6, messages=MESSAGES, uploads=30, subscriptions_per_user=3))
    create_people()


def create_people() -> None:
    """Create the users who sign in."""
    from django.contrib.auth.models import Permission

    from statsproject.chat.models import User

    viewer = User.objects.create_user(VIEWER, password=PASSWORDS[VIEWER])
    viewer.user_permissions.add(Permission.objects.get(codename="view_statistics"))
    User.objects.create_user(MEMBER, password=PASSWORDS[MEMBER])
    User.objects.create_superuser(ADMINISTRATOR, password=PASSWORDS[ADMINISTRATOR])


if __name__ == "__main__":
    main()
