"""The command `statistics_remote`: store, show and remove the account that asks a remote server."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...conf import setting
from ...exceptions import StatisticsError
from ...models import RemoteCredentials
from ...sources.remote_account import (
    RemoteAccount,
    is_in_settings,
    remove_account,
    rotate_key,
    state_of_token,
    store_account,
)


class Command(BaseCommand):
    """`manage.py statistics_remote set [URL] --user-id ID`, `show`, `rotate` or `remove`."""

    help = "Store the account that asks a remote server for its statistics, with its token encrypted by keys from SECRET_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        store = actions.add_parser("set", help="store an account; its token is asked for, or read from standard input")
        store.add_argument("url", nargs="?", help="the address of the server; default: the setting REMOTE_URL")
        store.add_argument("--user-id", required=True, help="the id of the account there, not its name")
        actions.add_parser("show", help="print the stored account without its token, and whether it is used")
        actions.add_parser("rotate", help="encrypt the token with the present SECRET_KEY, before a former one is removed")
        actions.add_parser("remove", help="remove the stored account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked for, and say what was done."""
        try:
            self.stdout.write(_ACTIONS[options["action"]](options))
        except StatisticsError as error:
            raise CommandError(str(error)) from None


def _set(options: dict[str, Any]) -> str:
    account = RemoteAccount(options["url"] or setting("REMOTE_URL"), options["user_id"], _read_token())
    store_account(account, timezone.now())
    return f"Stored. {_usage()}"


def _read_token() -> str:
    """Return the token: never an argument, which other users of the machine see in the list of processes."""
    return (getpass("Token (not shown): ") if sys.stdin.isatty() else sys.stdin.readline()).strip()


def _show(_: dict[str, Any]) -> str:
    stored = RemoteCredentials.objects.stored()
    if stored is None:
        return f"No account is stored. {_usage()}"
    return (
        f"address  {stored.url}\nuser id  {stored.user_id}\n"
        f"token    stored on {stored.stored_at:%Y-%m-%d %H:%M} UTC. {state_of_token(stored)}\n{_usage()}"
    )


def _rotate(_: dict[str, Any]) -> str:
    return "Encrypted with the present SECRET_KEY." if rotate_key(timezone.now()) else "It is already: nothing was changed."


def _remove(_: dict[str, Any]) -> str:
    return "Removed." if remove_account() else "No account is stored."


def _usage() -> str:
    if is_in_settings():
        return "It is not used: the settings contain REMOTE_USER_ID or REMOTE_TOKEN, and what is stored does not count then."
    return "It is used as soon as the source is the remote one; no program has to be restarted."


_ACTIONS = {"set": _set, "show": _show, "rotate": _rotate, "remove": _remove}
