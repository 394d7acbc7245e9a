"""The project's programs, running on the test's database: web servers, Celery workers, beat and management commands."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from statsproject.programs.processes import Program, free_port, is_listening, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable


def database_url() -> str:
    """Return the URL of the database that this test uses."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    scheme = "mysql" if connection.vendor == "mysql" else "postgresql"
    return f"{scheme}://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


class Programs:
    """Starts programs with a common environment, and stops those that are still running."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(folder),
            "SECRET_KEY": settings.SECRET_KEY,
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default",
            **environment,
        }
        self.running: list[Program] = []
        # The time limit of a management command, in seconds.
        self.timeout = 120

    def start(self, name: str, *command: str, **environment: str) -> Program:
        """Start `python -m COMMAND`."""
        return self.start_command(name, PYTHON, "-m", *command, **environment)

    def start_command(self, name: str, *command: str, **environment: str) -> Program:
        """Start a program, which `stop_all` stops."""
        program = Program.start(name, command, log_dir=self.folder / "log", env={**self.environment, **environment})
        self.running.append(program)
        return program

    def web(self, port: int | None = None, threads: int = 64, **environment: str) -> tuple[Program, str]:
        """Start a WSGI server and return it with its URL."""
        port = port or free_port()
        command = ["granian", "--interface", "wsgi", "statsproject.wsgi:application", "--working-dir", str(ROOT)]
        name = f"web-{port}"
        program = self.start(name, *command, "--port", str(port), "--blocking-threads", str(threads), **environment)
        wait_until(lambda: is_listening(port), "The web server", [program])
        return program, f"http://127.0.0.1:{port}"

    def asgi(self, **environment: str) -> tuple[Program, str]:
        """Start an ASGI server and return it with its URL."""
        port = free_port()
        command = ["granian", "--interface", "asgi", "statsproject.asgi:application", "--working-dir", str(ROOT)]
        program = self.start(f"asgi-{port}", *command, "--port", str(port), **environment)
        wait_until(lambda: is_listening(port), "The ASGI server", [program])
        return program, f"http://127.0.0.1:{port}"

    def gunicorn(self, **environment: str) -> tuple[Program, str]:
        """Start another WSGI server, with a process of its own for the requests."""
        port = free_port()
        command = ["gunicorn", "statsproject.wsgi:application", "--chdir", str(ROOT), "--threads", "8", "--workers", "1"]
        program = self.start(f"gunicorn-{port}", *command, "--bind", f"127.0.0.1:{port}", **environment)
        wait_until(lambda: is_listening(port), "gunicorn", [program])
        return program, f"http://127.0.0.1:{port}"

    def celery(self, name: str, *arguments: str, **environment: str) -> Program:
        """Start a Celery worker or beat."""
        return self.start(name, "celery", "--app", "statsproject", "--workdir", str(ROOT), *arguments, **environment)

    def worker(self, name: str = "worker", **environment: str) -> Program:
        """Start a Celery worker."""
        return self.celery(name, "worker", "--pool", "solo", "--loglevel", "INFO", **environment)

    def beat(self, name: str = "beat", **environment: str) -> Program:
        """Start a beat. Its schedule file is named after it, so that several can run at once."""
        schedule = str(self.folder / f"{name}-schedule")
        return self.celery(name, "beat", "--loglevel", "INFO", "--pidfile", "", "--schedule", schedule, **environment)

    def manage(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command and return the result."""
        return subprocess.run(
            [PYTHON, str(ROOT / "manage.py"), *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=self.timeout,
        )

    def kill(self, program: Program) -> None:
        """Kill a program and its children, as a crash would."""
        with suppress(ProcessLookupError):  # it has exited in the meantime
            os.killpg(program.process.pid, signal.SIGKILL)
        program.process.wait()

    def stop_all(self) -> None:
        """Stop all programs, the last one first."""
        while self.running:
            self.running.pop().stop()


@contextmanager
def programs(folder: Path, **environment: str) -> Iterator[Programs]:
    """Yield a `Programs`, and stop its programs afterwards."""
    started = Programs(folder, **environment)
    try:
        yield started
    finally:
        started.stop_all()
