"""Start what watches a server, print where its statistics are, and stop everything on Ctrl-C."""

import json
import os
import shlex
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from statsproject.programs.processes import ProcessError, is_listening
from statsproject.programs.single_machine import BASE_DIR, set_up_django, workspace_commands
from statsproject.programs.supervisor import Supervisor, run_until_interrupted

from .server import address, folder_of, require_credentials

VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()


def main() -> int:
    """Watch a server until it is stopped, and return the exit status."""
    try:
        url = address()
        folder = folder_of(url, VAR_DIR / "watch")
    except ProcessError as error:
        print(error, file=sys.stderr)
        return 1
    return run_until_interrupted("watch", folder / "log", partial(run, url, folder))


def run(url: str, folder: Path, port: int, supervisor: Supervisor) -> None:
    """Ask the server once, then start all programs, and monitor them.

    Errors: ProcessError when the server refuses, or when a program exits or is not ready in time.
    """
    database = folder / "watch.sqlite3"
    require_credentials(database)
    print_step(1, "Starting the broker")
    set_up_django(supervisor, folder, database)
    print_step(2, "Creating the tables")
    from . import installation  # noqa: PLC0415 - needs Django's settings

    installation.prepare(folder / "administrator.json")
    print_step(3, f"Asking {urlsplit(url).netloc} for its statistics")
    with installation.account(url):
        installation.take_first_snapshot()
    print_step(4, "Starting the web server, a Celery worker and beat")
    for name, command in workspace_commands(port).items():
        supervisor.start(name, command)
    supervisor.wait_until(lambda: is_listening(port), "The web server")
    print(_welcome(url, folder, port), flush=True)
    supervisor.watch()


def print_step(number: int, description: str) -> None:
    """Print the step that begins now."""
    print(f"[{number}/4] {description} …", flush=True)


def _welcome(url: str, folder: Path, port: int) -> str:
    here, administrator = f"http://127.0.0.1:{port}", folder / "administrator.json"
    account = "see manage.py createsuperuser"
    if administrator.exists():
        first = json.loads(administrator.read_text())
        account = f"{first['username']} / {first['password']}, as created; also in {os.path.relpath(administrator)}"
    variables = {"VAR_DIR": str(folder), "DATABASE_URL": os.environ["DATABASE_URL"], "STATISTICS_REMOTE_URL": url}
    manage = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    return f"""
The statistics of {url} are at {here}/

  statistics          {here}/statistics/
  administrator       {account}
  data and logs       {os.path.relpath(folder)}

To run a command of manage.py, such as createsuperuser:

{manage} {os.path.relpath(sys.executable)} manage.py COMMAND

Press Ctrl-C to stop."""


if __name__ == "__main__":
    sys.exit(main())
