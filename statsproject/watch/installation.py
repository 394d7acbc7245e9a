"""The installation that watches a server: its tables, its first account and its first snapshot."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connections
from django.utils import timezone

from statistics_app.exceptions import RemoteError
from statistics_app.models import Snapshot
from statistics_app.snapshots.generation import generate_at_start
from statistics_app.sources.remote_account import NoAccount, RemoteAccount, find_account, remove_account, store_account
from statsproject.programs.processes import ProcessError
from statsproject.up.administrator import ensure_administrator

from .server import HOW, ask_for_credentials


def prepare(administrator: Path) -> None:
    """Create the tables, and an administrator with a password in a file. Errors: ProcessError if a setting is wrong."""
    try:
        call_command("check", stdout=StringIO())
    except SystemCheckError as error:
        raise ProcessError(str(error)) from error
    call_command("migrate", verbosity=0)
    ensure_administrator(administrator)
    connections.close_all()


@contextmanager
def account(url: str) -> Iterator[None]:
    """Ask whoever sits at the terminal for an account of the server, unless there is one, and store it if the block succeeds.

    Errors: ProcessError if there is none and no terminal to ask at, or if it cannot be used.
    """
    try:
        find_account()
    except NoAccount as error:
        if not sys.stdin.isatty():
            raise ProcessError(f"{error} {HOW}") from error
        store_account(RemoteAccount(url, *ask_for_credentials()), timezone.now())
        try:
            yield
        except BaseException:  # also Ctrl-C: an account that was not tried must not be taken for one at the next start
            remove_account()
            raise
    else:
        yield


def take_first_snapshot() -> None:
    """Take a snapshot if one is due. Errors: ProcessError if the server refuses and there is nothing to show yet."""
    try:
        generate_at_start(timezone.now())
    except RemoteError as error:
        if not Snapshot.objects.exists():
            raise ProcessError(str(error)) from error
        print(f"  {error} It will be asked again.", flush=True)
    finally:
        connections.close_all()
