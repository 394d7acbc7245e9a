"""Make a token for a user."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from ...access import issue_personal_token, may_see_statistics


class Command(BaseCommand):
    """`manage.py create_token USER [--name NAME]`."""

    help = "Make a token that lasts until it is removed, and print it with the user's id: the only time it can be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add whose it is, and what it is called."""
        parser.add_argument("user", help="the username")
        parser.add_argument("--name", default="create_token", help="what the token is called in lists")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print the two headers that clients send."""
        model = get_user_model()
        try:
            user = model._default_manager.get_by_natural_key(options["user"])
        except model.DoesNotExist as error:
            raise CommandError(f"There is no user named '{options['user']}'.") from error
        token = issue_personal_token(user, options["name"])
        self.stdout.write(f"X-User-Id: {user.pk}")
        self.stdout.write(f"X-Auth-Token: {token}")
        if not may_see_statistics(user):
            self.stderr.write(
                f"'{options['user']}' may not see statistics yet: give them 'Workspace statistics | snapshot | "
                "Can view the workspace's statistics' in the admin, or a group that has it."
            )
