"""Start all programs of the demo, print the URL and credentials, and stop everything on Ctrl-C."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from statsproject.programs.processes import is_listening
from statsproject.programs.redis_server import provide_redis
from statsproject.programs.supervisor import Supervisor, run_until_interrupted

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()
CREDENTIALS_FILE = VAR_DIR / "demo.json"
# Many requests may wait for a snapshot at once; there must be threads left to serve the others.
THREADS = "64"


def main() -> int:
    """Run the demo until it is stopped, and return the exit status."""
    return run_until_interrupted("demo", VAR_DIR / "log", run)


def run(port: int, supervisor: Supervisor) -> None:
    """Start all programs in order, then monitor them.

    Errors: ProcessError when a program exits or is not ready in time.
    """
    print_step(1, "Starting the broker")
    _set_up_django_and_redis(supervisor)
    print_step(2, "Creating the tables and filling them: 300 users, 60 rooms, 100,000 messages over two years")
    from . import workspace  # noqa: PLC0415 - needs Django's settings

    workspace.prepare_tables()
    print_step(3, "Starting the web server, a Celery worker and beat")
    for name, command in _commands(port).items():
        supervisor.start(name, command)
    supervisor.wait_until(lambda: is_listening(port), "The web server")
    print_step(4, "Waiting for the worker's first snapshot")
    supervisor.wait_until(workspace.has_fresh_snapshot, "The first snapshot")
    credentials = workspace.ensure_credentials(f"http://127.0.0.1:{port}").as_dict()
    supervisor.stack.enter_context(credentials_file(credentials))
    print(_welcome(credentials), flush=True)
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


def _set_up_django_and_redis(supervisor: Supervisor) -> None:
    """Set up Django with the demo's SQLite database, and a Redis server. Without one, the filesystem broker is used."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "statsproject.settings"
    os.environ["VAR_DIR"] = str(VAR_DIR)
    os.environ["DATABASE_URL"] = f"sqlite:///{VAR_DIR / 'demo.sqlite3'}"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    if url := provide_redis(supervisor):
        os.environ["REDIS_URL"] = url
    django.setup()


def _commands(port: int) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "--app", "statsproject", "--workdir", str(BASE_DIR)]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "statsproject.wsgi:application"]
    return {
        "web": [*granian, "--working-dir", str(BASE_DIR), "--port", str(port), "--blocking-threads", THREADS],
        "worker": [*celery, "worker", "--pool", "solo", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""],
    }


def _welcome(credentials: dict[str, str]) -> str:
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

Press Ctrl-C to stop."""


if __name__ == "__main__":
    sys.exit(main())
