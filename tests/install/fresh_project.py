"""A project that `startproject` has just made, with a small chat of its own and an administrator."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import environ

from statsproject.programs.processes import Program, free_port, is_listening, wait_until

from .environments import Environment

MODELS = """
from django.conf import settings
from django.db import models


class Space(models.Model):
    is_open = models.BooleanField(default=True)


class Post(models.Model):
    space = models.ForeignKey(Space, on_delete=models.CASCADE)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    written_at = models.DateTimeField(db_index=True)
"""
ROWS = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from forum.models import Post, Space
ada = User.objects.get(username="ada")
User.objects.create_user("bob", is_active=False)
rooms = [Space.objects.create(is_open=is_open) for is_open in (True, True, False)]
now = timezone.now()
for n in range(7):
    Post.objects.create(space=rooms[n % 3], author=ada, written_at=now - timedelta(minutes=n))
"""
COUNTS = {
    "totalUsers": 2,
    "activeUsers": 1,
    "totalRooms": 3,
    "totalChannels": 2,
    "totalPrivateGroups": 1,
    "totalMessages": 7,
    "totalChannelMessages": 5,
    "totalPrivateGroupMessages": 2,
}


@dataclass(frozen=True)
class FreshProject:
    """A project in a folder, run by the programs of an environment; warnings are errors unless other code is to blame."""

    folder: Path
    environment: Environment
    warnings: str = "error"

    def run(self, *command: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run a program of the environment in the project's folder."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """Run a management command that must succeed, and return its output."""
        ended = self.run("python", "manage.py", *arguments, stdin=stdin)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def shell(self, code: str) -> str:
        """Run Python code in the project, and return its output."""
        return self.manage("shell", "--verbosity", "0", "--command", code)

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables: nothing of this checkout, and the environment's programs first."""
        hidden = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV")
        inherited = {key: value for key, value in os.environ.items() if key not in hidden}
        path = f"{self.environment.path}{os.pathsep}{os.environ['PATH']}"
        return {**inherited, "PATH": path, "PYTHONWARNINGS": self.warnings, "DJANGO_SUPERUSER_PASSWORD": "correct horse"}

    @contextmanager
    def served(self, command: str) -> Iterator[str]:
        """Run a command that serves the project at the port 8000 at another port, and yield its address."""
        port = free_port()
        arguments = ["env", "--chdir", str(self.folder), *command.split(), str(port), "--noreload"]
        server = Program.start("server", arguments, log_dir=self.folder / "log", env=self.variables)
        try:
            wait_until(lambda: is_listening(port), "The server", [server])
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop()

    def token(self) -> dict[str, str]:
        """Return the headers of a new token of the administrator."""
        return dict(line.split(": ", 1) for line in self.manage("create_token", "ada").splitlines())

    def get(self, url: str, headers: dict[str, str]) -> Any:
        """Return the JSON that an address answers with."""
        with urlopen(Request(url, headers=headers), timeout=60) as response:
            return json.loads(response.read())


def start_project(
    folder: Path,
    environment: Environment,
    database_url: str,
    models: str | None = MODELS,
    settings: str = "INSTALLED_APPS += ['forum']",
    warnings: str = "error",
) -> FreshProject:
    """Make a project `mysite`, with an app `forum` if models are given, and an administrator named ada."""
    folder.mkdir(exist_ok=True)
    project = FreshProject(folder, environment, warnings)
    _start(project, "startproject", "mysite", ".")
    if models is not None:
        _start(project, "startapp", "forum")
        (folder / "forum" / "models.py").write_text(models)
    with (folder / "mysite" / "settings.py").open("a") as file:
        file.write(f"\n{settings}\nDATABASES = {{'default': {_database(database_url)!r}}}\n")
    if models is not None:
        project.manage("makemigrations", "forum", "--verbosity", "0")
    project.manage("migrate", "--verbosity", "0")
    project.manage("createsuperuser", "--no-input", "--username", "ada", "--email", "ada@chat.example", "--verbosity", "0")
    return project


def _start(project: FreshProject, *arguments: str) -> None:
    made = project.run("django-admin", *arguments)
    assert made.returncode == 0, made.stderr


def _database(url: str) -> dict[str, Any]:
    return {key: value for key, value in environ.Env.db_url_config(url).items() if value}
