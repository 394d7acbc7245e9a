"""The command `forget_user`: remove what tells whose activity was counted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import router

from ...models import Person


class Command(BaseCommand):
    """`manage.py forget_user KEY`."""

    help = (
        "Remove the key of an account from the history of activity. Its activity stays in all numbers, and nobody can tell any "
        "more whose it was. Delete the account in the chat first: if it writes again, or rows with its key are counted again, "
        "it becomes a person of its own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the account's key."""
        parser.add_argument("account", metavar="KEY", help="the primary key of the account in the chat's table")

    def handle(self, *args: Any, account: str, **options: Any) -> None:
        """Forget the account. Errors: CommandError when the history does not know it."""
        using = router.db_for_write(Person)
        if not Person.objects.using(using).filter(account=account).update(account=None):
            raise CommandError(f"The history knows no account with the key '{account}'.")
        self.stdout.write("The account was forgotten; its activity stays in all numbers.")
