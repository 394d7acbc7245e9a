"""A PostgreSQL, a Redis and web servers of one process each, with a seeded chat and a snapshot."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from benchmarks.measuring import set_up

SETTINGS = "benchmarks.load.settings"
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """A web server; the processor time is that of all its processes."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """Return the processor time so far, in seconds."""
        main = psutil.Process(self.pid)
        times = [process.cpu_times() for process in (main, *main.children(recursive=True))]
        return sum(time.user + time.system for time in times)

    def memory(self) -> int:
        """Return the resident memory of the worker, in bytes."""
        return max(process.memory_info().rss for process in psutil.Process(self.pid).children(recursive=True))


@dataclass(frozen=True, slots=True)
class Servers:
    """Starts web servers on one database and one Redis."""

    folder: Path
    environment: dict[str, str]
    stack: ExitStack

    def whole_environment(self, **additional: str) -> dict[str, str]:
        """Return the environment of a process that uses the database and Redis."""
        return {**os.environ, **self.environment, **additional}

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Stop the servers that are started inside at its end."""
        with self.stack:
            yield

    def start(self, interface: str = "wsgi", application: str = "", folder: Path = ROOT, **environment: str) -> Server:
        """Start a server with one process."""
        from statsproject.programs.processes import Program, free_port, is_listening, wait_until

        port = free_port()
        application = application or f"statsproject.{interface}:application"
        command = [sys.executable, "-m", "granian", "--interface", interface, application, "--port", str(port)]
        command += ["--working-dir", str(folder), *(["--blocking-threads", "16"] if interface == "wsgi" else [])]
        env = self.whole_environment(**environment)
        program = Program.start(f"{interface}-{port}", command, log_dir=self.folder / "log", env=env)
        self.stack.callback(program.stop)
        wait_until(lambda: is_listening(port), "The web server", [program])
        return Server(port, program.process.pid)


@contextmanager
def servers(database: str = "postgresql") -> Iterator[Servers]:
    """Create a database with a small chat and a snapshot, and yield what starts servers on it."""
    from tests.services.postgresql import PostgreSQL
    from tests.services.redis import redis_for_tests

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="stats-bench-"))
        if database == "postgresql":
            server = PostgreSQL()
            server.start()
            stack.callback(server.stop)
            url = server.url
        else:
            url = f"sqlite:///{folder}/bench.sqlite3"
        redis = stack.enter_context(redis_for_tests())
        os.environ |= {"REDIS_URL": redis, "PYTHONPATH": str(ROOT)}
        set_up(folder, url, SETTINGS)
        _fill()
        environment = {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": url,
            "REDIS_URL": redis,
            "VAR_DIR": folder,
            "PYTHONPATH": str(ROOT),
        }
        with ExitStack() as programs:
            yield Servers(Path(folder), environment, programs)


def _fill() -> None:
    from django.db import connections
    from django.utils import timezone

    from statistics_app.snapshots import generation
    from statsproject.chat import seeding

    seeding.fill(replace(seeding.Plan(now=timezone.now()), messages=2_000))
    generation.refresh()
    connections.close_all()
