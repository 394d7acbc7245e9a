"""Start it all, say how to come in, and end it all on Ctrl-C."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

from .interrupts import Interrupts
from .processes import ProcessError, Program, answers, wait_until
from .redis_server import answers_ping, find_redis_server, start_redis

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()
FACTS = VAR_DIR / "demo.json"
DEFAULT_PORT = 3000
# So many may wait for a snapshot at once without keeping the others from their answers.
THREADS = "64"

interrupts = Interrupts()


def main() -> int:
    """Run the demonstration until it is stopped; return the exit status."""
    wanted = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (wanted.isdigit() and 0 < int(wanted) < 65536):
        print(f"PORT={wanted} is no port: it has to be a number from 1 to 65535.", file=sys.stderr)
        return 1
    port = int(wanted)
    if answers(port):
        print(f"Port {port} is taken. Choose another: make demo PORT={port + 1}", file=sys.stderr)
        return 1
    interrupts.install()
    try:
        with ExitStack() as stack:
            try:
                run(port, stack)
            finally:
                interrupts.ignore()  # a second Ctrl-C must not keep the rest from being stopped
    except ProcessError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
    return 0


def run(port: int, stack: ExitStack) -> None:
    """Start everything in order and watch it."""
    say(1, "Starting the broker")
    programs = _point_django_at_the_demo(stack)
    say(2, "Making the tables and filling them: 300 users, 60 rooms, 100,000 messages over two years")
    from . import workspace  # noqa: PLC0415 - the settings are known only now

    workspace.prepare_tables()
    say(3, "Starting the web server, a Celery worker and beat")
    for name, command in _commands(port).items():
        with interrupts.held():
            program = Program.start(name, command, log_dir=VAR_DIR / "log", env=os.environ)
            stack.callback(program.stop)
        programs.append(program)
    wait_until(lambda: answers(port), "The web server", programs)
    say(4, "Waiting for the worker's first snapshot")
    wait_until(workspace.has_fresh_snapshot, "The first snapshot", programs)
    way_in = workspace.ensure_credentials(f"http://127.0.0.1:{port}")
    stack.enter_context(written(way_in.as_dict()))
    print(_welcome(way_in.as_dict()), flush=True)
    while True:
        for program in programs:
            program.require_running()
        time.sleep(0.5)


def say(step: int, what: str) -> None:
    """Print what comes next."""
    print(f"[{step}/4] {what} …", flush=True)


@contextmanager
def written(facts: dict[str, str]) -> Iterator[None]:
    """Keep the facts in a file that only its owner can read, as long as the block lasts."""
    FACTS.unlink(missing_ok=True)
    with os.fdopen(os.open(FACTS, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(facts, file, indent=2)
    try:
        yield
    finally:
        FACTS.unlink(missing_ok=True)


def _point_django_at_the_demo(stack: ExitStack) -> list[Program]:
    """Choose the embedded database and, unless REDIS_URL names one, a Redis of our own; return what was started."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "statsproject.settings"
    os.environ["VAR_DIR"] = str(VAR_DIR)
    os.environ["DATABASE_URL"] = f"sqlite:///{VAR_DIR / 'demo.sqlite3'}"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    started: list[Program] = []
    program = find_redis_server()
    if not os.environ.get("REDIS_URL") and program:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stats-")))
        with interrupts.held():
            redis, url = start_redis(program, folder, log_dir=VAR_DIR / "log", env=os.environ)
            stack.callback(redis.stop)
        started.append(redis)
        wait_until(lambda: answers_ping(url), "Redis", started)
        os.environ["REDIS_URL"] = url
    django.setup()
    return started


def _commands(port: int) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "--app", "statsproject", "--workdir", str(BASE_DIR)]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "statsproject.wsgi:application"]
    return {
        "web": [*granian, "--working-dir", str(BASE_DIR), "--port", str(port), "--blocking-threads", THREADS],
        "worker": [*celery, "worker", "--pool", "solo", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""],
    }


def _welcome(facts: dict[str, str]) -> str:
    return f"""
The workspace is open: {facts["url"]}/

  sign in      {facts["username"]} / {facts["password"]}
  no rights    {facts["plainUsername"]} / {facts["plainPassword"]}
  user id      {facts["userId"]}
  token        {facts["authToken"]}
  pages        {facts["url"]}/statistics/     admin  {facts["url"]}/admin/
  these facts  {os.path.relpath(FACTS)}

Paste this into another terminal:

curl -H 'X-User-Id: {facts["userId"]}' -H 'X-Auth-Token: {facts["authToken"]}' {facts["url"]}/api/v1/statistics

Ctrl-C ends it all."""


if __name__ == "__main__":
    sys.exit(main())
