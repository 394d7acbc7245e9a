"""Start all programs of the demo, print the URL and credentials, and stop everything on Ctrl-C."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from statsproject.programs.processes import ProcessError, is_listening
from statsproject.programs.single_machine import BASE_DIR, set_up_django, workspace_commands
from statsproject.programs.supervisor import Supervisor, run_until_interrupted

from .options import Options

VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()
CREDENTIALS_FILE = VAR_DIR / "demo.json"


def main() -> int:
    """Run the demo until it is stopped, and return the exit status."""
    try:
        options = Options.from_environment()
    except ProcessError as error:
        print(error, file=sys.stderr)
        return 1
    return run_until_interrupted("demo", VAR_DIR / "log", partial(run, options))


def run(options: Options, port: int, supervisor: Supervisor) -> None:
    """Start all programs in order, then monitor them.

    Errors: ProcessError when a program exits or is not ready in time.
    """
    print_step(1, "Starting the broker")
    set_up_django(supervisor, VAR_DIR, VAR_DIR / options.database)
    from . import workspace  # noqa: PLC0415 - needs Django's settings

    print_step(2, f"Creating the tables and filling them: {options.contents}")
    workspace.prepare(options)
    print_step(3, "Starting the web server, a Celery worker and beat")
    for name, command in workspace_commands(port).items():
        supervisor.start(name, command)
    supervisor.wait_until(lambda: is_listening(port), "The web server")
    print_step(4, "Waiting for the worker's first snapshot")
    supervisor.wait_until(workspace.has_fresh_snapshot, "The first snapshot")
    credentials = workspace.ensure_credentials(f"http://127.0.0.1:{port}").as_dict()
    supervisor.stack.enter_context(credentials_file(credentials))
    if options.messages_per_hour:
        crowd = [sys.executable, "-m", "statsproject.demo.run_crowd", str(options.messages_per_hour)]
        supervisor.start("crowd", crowd)
    print(_welcome(credentials, options), flush=True)
    supervisor.watch()


def print_step(number: int, description: str) -> None:
    """Print the step that begins now."""
    print(f"[{number}/4] {description} …", flush=True)


@contextmanager
def credentials_file(credentials: dict[str, str]) -> Iterator[None]:
    """Write the credentials to a file that only its owner can read, and delete it when the block ends."""
    CREDENTIALS_FILE.unlink(missing_ok=True)
    with os.fdopen(os.open(CREDENTIALS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(credentials, file, indent=2)
    try:
        yield
    finally:
        CREDENTIALS_FILE.unlink(missing_ok=True)


def _welcome(credentials: dict[str, str], options: Options) -> str:
    url, user_id, token = (credentials[name] for name in ("url", "userId", "authToken"))
    return f"""
The workspace is running at {url}/

  statistics          {url}/statistics/
  admin               {url}/admin/
  administrator       {credentials["username"]} / {credentials["password"]}
  no permissions      {credentials["plainUsername"]} / {credentials["plainPassword"]}
  user id             {user_id}
  token               {token}
  credentials file    {os.path.relpath(CREDENTIALS_FILE)}

To call the API, run this in another terminal:

curl -H 'X-User-Id: {user_id}' -H 'X-Auth-Token: {token}' {url}/api/v1/statistics
{_simulated(options)}
Press Ctrl-C to stop."""


def _simulated(options: Options) -> str:
    """Return what of the workspace is not real, if anything."""
    seeded = "" if options.export else "The people, their messages and the snapshots from before this start are simulated.\n"
    if options.messages_per_hour:
        seeded += f"Simulated people write about {options.messages_per_hour:g} messages an hour while the demonstration runs.\n"
    return f"\n{seeded}" if seeded else ""


if __name__ == "__main__":
    sys.exit(main())
