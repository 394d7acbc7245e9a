"""The project's own programs, run for real against the test's database: web servers, Celery workers, beat, commands."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from statsproject.demo.processes import Program, answers, free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable


def database_url() -> str:
    """Name the database that this test uses."""
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    return f"postgresql://{named['USER']}:{named['PASSWORD']}@{named['HOST']}:{named['PORT']}/{named['NAME']}"


class Programs:
    """Starts programs with one environment, and ends what is left of them."""

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
        # What a command may take at the most, in seconds.
        self.patience = 120

    def start(self, name: str, *command: str, **environment: str) -> Program:
        """Start `python -m …`."""
        return self.start_command(name, PYTHON, "-m", *command, **environment)

    def start_command(self, name: str, *command: str, **environment: str) -> Program:
        """Start a program and remember it."""
        program = Program.start(name, command, log_dir=self.folder / "log", env={**self.environment, **environment})
        self.running.append(program)
        return program

    def web(self, port: int | None = None, threads: int = 64, **environment: str) -> tuple[Program, str]:
        """Start a web server and return it with its URL."""
        port = port or free_port()
        command = ["granian", "--interface", "wsgi", "statsproject.wsgi:application", "--working-dir", str(ROOT)]
        name = f"web-{port}"
        program = self.start(name, *command, "--port", str(port), "--blocking-threads", str(threads), **environment)
        wait_until(lambda: answers(port), "The web server", [program])
        return program, f"http://127.0.0.1:{port}"

    def web_by_asgi(self, **environment: str) -> tuple[Program, str]:
        """Start a web server that speaks ASGI with Django, and return it with its URL."""
        port = free_port()
        command = ["granian", "--interface", "asgi", "statsproject.asgi:application", "--working-dir", str(ROOT)]
        program = self.start(f"asgi-{port}", *command, "--port", str(port), **environment)
        wait_until(lambda: answers(port), "The ASGI server", [program])
        return program, f"http://127.0.0.1:{port}"

    def celery(self, name: str, *arguments: str, **environment: str) -> Program:
        """Start a Celery worker or beat."""
        return self.start(name, "celery", "--app", "statsproject", "--workdir", str(ROOT), *arguments, **environment)

    def worker(self, name: str = "worker", **environment: str) -> Program:
        """Start a Celery worker."""
        return self.celery(name, "worker", "--pool", "solo", "--loglevel", "INFO", **environment)

    def beat(self, name: str = "beat", **environment: str) -> Program:
        """Start a beat that keeps its schedule in a file of its own name."""
        schedule = str(self.folder / f"{name}-schedule")
        return self.celery(name, "beat", "--loglevel", "INFO", "--pidfile", "", "--schedule", schedule, **environment)

    def manage(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command to its end."""
        return subprocess.run(
            [PYTHON, str(ROOT / "manage.py"), *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=self.patience,
        )

    def kill(self, program: Program) -> None:
        """End a program and its children as a crash would."""
        with suppress(ProcessLookupError):  # it ended by itself meanwhile
            os.killpg(program.process.pid, signal.SIGKILL)
        program.process.wait()

    def stop_all(self) -> None:
        """End all, the last first."""
        while self.running:
            self.running.pop().stop()


@contextmanager
def programs(folder: Path, **environment: str) -> Iterator[Programs]:
    """Yield a starter of programs, and stop what it started."""
    started = Programs(folder, **environment)
    try:
        yield started
    finally:
        started.stop_all()
