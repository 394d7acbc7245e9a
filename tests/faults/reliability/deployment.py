"""A workspace of real programs whose PostgreSQL and Redis can be killed, stopped and filled."""

import json
import os
import subprocess
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import requests

from statsproject.programs.processes import Program, free_port, is_listening, wait_until
from statsproject.programs.redis_server import answers_ping, find_redis_server, start_redis
from tests.services.postgresql import PostgreSQL
from tests.services.programs import PYTHON, ROOT, Programs

INTERVAL = 2
# For the programs, and a few more.
CONNECTIONS = 50
_FILL = """
import django, json; django.setup()
from django.core.management import call_command
from django.utils import timezone
from statistics_app.accounts.tokens import issue_login_token
from statsproject.chat.models import User
from statsproject.chat.seeding import Plan, fill
call_command("migrate", verbosity=0)
fill(Plan(now=timezone.now(), messages=2000))
user = User.objects.create_superuser("operator", "operator@example.org", "operator")
print(json.dumps({"X-User-Id": user.pk, "X-Auth-Token": issue_login_token(user)}))
"""


class Deployment:
    """PostgreSQL, Redis, a web server of two processes, a worker and beat, with a snapshot every two seconds.

    Worker and beat have a supervisor: one that exits is started again after a second, as systemd does.
    """

    def __init__(self, folder: Path, stack: ExitStack, disk: Path | None = None) -> None:
        """Start everything, PostgreSQL on a disk if one is given; the stack stops what was started, even if not all was."""
        self.folder, self.disk, self._stack = folder, disk, stack
        self.postgresql = PostgreSQL({"max_connections": str(CONNECTIONS)}, disk)
        stack.callback(self.postgresql.stop)
        self.postgresql.start()
        self.redis, self.redis_url = self._redis()
        unlimited = {f"STATISTICS_THROTTLE_{name}": "" for name in ("READ", "REFRESH")}
        self.programs = Programs(
            folder,
            DJANGO_SETTINGS_MODULE="statsproject.settings",
            DATABASE_URL=self.postgresql.url,
            REDIS_URL=self.redis_url,
            STATISTICS_INTERVAL=str(INTERVAL),
            **unlimited,
        )
        stack.callback(self.programs.stop_all)
        self.headers = self._fill()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.web = self._web()
        self.worker, self.beat = self.programs.worker(), self.programs.beat()
        self.is_beat_wanted, self.restarts = True, 0
        self._over = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise)
        self._supervisor.start()
        stack.callback(self._stop_supervising)
        wait_until(lambda: self.newest() > 0, "A snapshot", self.programs.running)

    def _redis(self) -> tuple[Program, str]:
        program = find_redis_server()
        assert program is not None
        server, url = start_redis(program, self.folder, log_dir=self.folder / "log", env=os.environ)
        self._stack.callback(server.stop)
        wait_until(lambda: answers_ping(url), "Redis", [server])
        return server, url

    def restart_redis(self) -> None:
        """Start Redis again at the same address, after it has ended."""
        self.redis, _ = self._redis()

    def _fill(self) -> dict[str, str]:
        command = [PYTHON, "-c", _FILL]
        done = subprocess.run(command, env=self.programs.environment, cwd=ROOT, capture_output=True, text=True, check=True)
        headers: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        return headers

    def _web(self) -> Program:
        command = ["granian", "--interface", "wsgi", "statsproject.wsgi:application", "--working-dir", str(ROOT)]
        size = ["--workers", "2", "--respawn-failed-workers", "--blocking-threads", "8"]
        program = self.programs.start("web", *command, "--port", str(self.port), *size)
        wait_until(lambda: is_listening(self.port), "The web server", [program])
        return program

    def _supervise(self) -> None:
        while not self._over.wait(1):
            if self.worker.process.poll() is not None:
                self.restarts += 1
                self.programs.running.remove(self.worker)
                self.worker = self.programs.worker(f"worker-{self.restarts}")
            if self.is_beat_wanted and self.beat.process.poll() is not None:
                self.restarts += 1
                self.programs.running.remove(self.beat)
                self.beat = self.programs.beat(f"beat-{self.restarts}")

    def _stop_supervising(self) -> None:
        self._over.set()
        self._supervisor.join()

    def connect(self) -> "psycopg.Connection[Any]":
        """Open a connection to PostgreSQL."""
        return psycopg.connect(self.postgresql.url, autocommit=True, connect_timeout=2)

    def select(self, statement: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        with self.connect() as connection:
            return connection.execute(statement).fetchall()

    def newest(self) -> float:
        """Return the beginning of the last slot with a snapshot, in seconds since 1970; 0 without any."""
        [(seconds,)] = self.select("SELECT coalesce(extract(epoch FROM max(slot)), 0) FROM statistics_app_snapshot")
        return float(seconds)

    def get(self, path: str, seconds: float) -> requests.Response:
        """Send a request with the operator's token."""
        return requests.get(f"{self.url}/api/v1/{path}", headers=self.headers, timeout=seconds)
