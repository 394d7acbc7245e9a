"""The command `create_token`: create a token for a user."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from ...accounts.permissions import can_view_statistics
from ...accounts.tokens import end_of_day, issue_personal_token
from ...exceptions import ParameterError
from ...serialization import wire_time


class Command(BaseCommand):
    """`manage.py create_token USER [--name NAME] [--expires WHEN]`."""

    help = "Create a token that is valid until it is removed, and print it with the user's id. It cannot be displayed again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments for the user, the token's name and its expiry."""
        parser.add_argument("user", help="the username")
        parser.add_argument("--name", help="the token's name in lists; default: this command and the current time")
        parser.add_argument(
            "--expires",
            metavar="WHEN",
            help="the last day (UTC) on which the token is valid, or a time with a UTC offset; default: never",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the token, and print the two headers that clients send."""
        model = get_user_model()
        try:
            user = model._default_manager.get_by_natural_key(options["user"])
        except model.DoesNotExist as error:
            raise CommandError(f"There is no user named '{options['user']}'.") from error
        name = options["name"] if options["name"] is not None else f"create_token {wire_time(timezone.now())}"
        try:
            token = issue_personal_token(user, name, _expiry(options["expires"]))
        except ParameterError as error:
            raise CommandError(error.reason) from error
        self.stdout.write(f"X-User-Id: {user.pk}")
        self.stdout.write(f"X-Auth-Token: {token}")
        if not can_view_statistics(user):
            self.stderr.write(
                f"'{options['user']}' is not allowed to view statistics yet: in the admin, grant the permission 'Workspace "
                "statistics | snapshot | Can view the workspace's statistics', or add the user to a group that has it."
            )


def _expiry(text: str | None) -> datetime | None:
    """Parse the value of `--expires`. Errors: CommandError."""
    if text is None:
        return None
    try:
        if day := parse_date(text):
            return end_of_day(day)
        moment = parse_datetime(text)
        if moment and moment.tzinfo:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # a date or time that does not exist, or is out of range
    raise CommandError(f"--expires must be a date, or a time with a UTC offset such as 2027-01-31T18:00Z, not '{text}'.")
