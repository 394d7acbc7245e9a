"""Make a token for a user."""

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

    help = "Make a token that lasts until it is removed, and print it with the user's id: the only time it can be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add whose it is, what it is called, and how long it lasts."""
        parser.add_argument("user", help="the username")
        parser.add_argument("--name", help="what the token is called in lists; by default this command and the time")
        parser.add_argument(
            "--expires",
            metavar="WHEN",
            help="a date, at whose end (UTC) the token ends, or a time with its zone; by default never",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print the two headers that clients send."""
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
                f"'{options['user']}' may not see statistics yet: give them 'Workspace statistics | snapshot | "
                "Can view the workspace's statistics' in the admin, or a group that has it."
            )


def _expiry(written: str | None) -> datetime | None:
    """Read when a token ends; errors: CommandError."""
    if written is None:
        return None
    try:
        if day := parse_date(written):
            return end_of_day(day)
        moment = parse_datetime(written)
        if moment and moment.tzinfo:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # a day or an hour that no calendar has
    raise CommandError(f"--expires has to be a date or a time with its zone, not '{written}': 2027-01-31T18:00Z.")
