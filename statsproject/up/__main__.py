"""Start what a production deployment consists of, print its address, and stop everything on Ctrl-C."""

import json
import os
import shlex
import signal
import sys
from pathlib import Path

import django

from statsproject.programs.postgresql_server import provide_postgresql
from statsproject.programs.processes import ProcessError, free_port, is_listening
from statsproject.programs.redis_server import provide_redis
from statsproject.programs.supervisor import Supervisor, run_until_interrupted

from .environment import set_environment, write_environment
from .proxy import find_nginx, proxy_command

BASE_DIR = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute() / "up"
ADMINISTRATOR, ENVIRONMENT = FOLDER / "administrator.json", FOLDER / "environment"
WEB_SERVERS = WORKERS = 2


def main() -> int:
    """Run the deployment until it is stopped, and return the exit status."""
    return run_until_interrupted("up", FOLDER / "log", run)


def run(port: int, supervisor: Supervisor) -> None:
    """Start all programs in order, then monitor them.

    Errors: ProcessError when a program exits or is not ready in time.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    print_step(1, "Starting PostgreSQL and Redis")
    nginx = find_nginx()
    _set_up_django(supervisor, proxies=1 if nginx else 0)
    print_step(2, "Migrating the database and collecting the static files")
    _prepare()
    print_step(3, f"Starting {WORKERS} Celery workers, beat and {WEB_SERVERS} web servers")
    web_ports = [free_port() for _ in range(WEB_SERVERS)] if nginx else [port, *(free_port() for _ in range(WEB_SERVERS - 1))]
    for name, command in _commands(web_ports).items():
        supervisor.start(name, command)
    for web_port in web_ports:
        supervisor.wait_until(lambda number=web_port: is_listening(number), "The web server")  # type: ignore[misc]
    print_step(
        4, "Starting the reverse proxy" if nginx else "Leaving out the reverse proxy, since there is no nginx on the PATH"
    )
    if nginx:
        # Stopped first, since it was started last: it then finishes the requests that it has, and takes no new ones.
        supervisor.start("nginx", proxy_command(nginx, FOLDER / "nginx", port, web_ports), signal.SIGQUIT)
        supervisor.wait_until(lambda: is_listening(port), "nginx")
    print(_welcome(port, web_ports), flush=True)
    supervisor.watch()


def print_step(number: int, description: str) -> None:
    """Print the step that begins now."""
    print(f"[{number}/4] {description} …", flush=True)


def _set_up_django(supervisor: Supervisor, proxies: int) -> None:
    database_url = provide_postgresql(supervisor, FOLDER / "postgresql")
    redis_url = provide_redis(supervisor)
    if redis_url is None:
        raise ProcessError("There is no redis-server: set REDIS_URL, or install one.")
    write_environment(ENVIRONMENT, set_environment(FOLDER, database_url, redis_url, proxies))
    django.setup()


def _prepare() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django's settings
    from django.db import connections  # noqa: PLC0415 - same reason

    from .administrator import ensure_administrator  # noqa: PLC0415 - same reason

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    ensure_administrator(ADMINISTRATOR)
    connections.close_all()


def _commands(web_ports: list[int]) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "--app", "statsproject", "--workdir", str(BASE_DIR)]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--working-dir", str(BASE_DIR)]
    workers = {
        f"worker-{number}": [*celery, "worker", "--hostname", f"worker-{number}@%h", "--concurrency", "1", "--loglevel", "INFO"]
        for number in range(1, WORKERS + 1)
    }
    options = ["--workers", "1", "--blocking-threads", "8", "--respawn-failed-workers", "statsproject.wsgi:application"]
    web = {f"web-{number}": [*granian, "--port", str(port), *options] for number, port in enumerate(web_ports, 1)}
    return {**workers, "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""], **web}


def _welcome(port: int, web_ports: list[int]) -> str:
    url = f"http://127.0.0.1:{port}"
    manage = f"(set -a; . {shlex.quote(os.path.relpath(ENVIRONMENT))}; {os.path.relpath(sys.executable)} manage.py COMMAND)"
    account = "see manage.py createsuperuser"
    if ADMINISTRATOR.exists():
        first = json.loads(ADMINISTRATOR.read_text())
        account = f"{first['username']} / {first['password']}, as created; also in {os.path.relpath(ADMINISTRATOR)}"
    return f"""
The workspace is running at {url}/

  statistics          {url}/statistics/
  web servers         {", ".join(f"http://127.0.0.1:{number}" for number in web_ports)}
  administrator       {account}
  logs                {os.path.relpath(FOLDER / "log")}

This is a production deployment but for TLS: its cookies are for HTTPS only, and browsers that make no exception for
127.0.0.1, such as Safari, cannot sign in to the pages. To run a command of manage.py, such as createsuperuser:

{manage}

Press Ctrl-C to stop."""


if __name__ == "__main__":
    sys.exit(main())
