"""A workspace for the browser: its own database, filled by the project's own commands, and a web server."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from statsproject.demo.processes import Program
from tests.services.programs import PYTHON, ROOT, Programs, programs

from .people import PASSWORDS

# Signing in is not what most tests are about.
MANY = "10000/minute"


@dataclass
class World:
    """A running workspace; the models may not be used beside a browser, so whatever is wanted of it is a command."""

    programs: Programs
    url: str = ""
    passwords: Mapping[str, str] = field(default_factory=lambda: PASSWORDS)
    _web: Program | None = None

    @property
    def folder(self) -> Path:
        """Where its database and its logs are."""
        return self.programs.folder

    def start_web(self) -> None:
        """Start the web server; again on the port that it had."""
        port = int(self.url.rpartition(":")[2]) if self.url else None
        self._web, self.url = self.programs.web(port)

    def stop_web(self) -> None:
        """Stop the web server, so that nobody answers."""
        assert self._web
        self._web.stop()
        self.programs.running.remove(self._web)
        self._web = None

    @contextmanager
    def without_web(self) -> Iterator[None]:
        """Have nobody answer for as long as the block lasts."""
        self.stop_web()
        try:
            yield
        finally:
            self.start_web()

    def manage(self, *arguments: str) -> str:
        """Run a management command, which has to succeed, and return what it printed."""
        return _succeeded(self.programs.manage(*arguments))

    def run(self, module: str, *arguments: str) -> str:
        """Run `python -m …` in the world's environment, which has to succeed, and return what it printed."""
        command = [PYTHON, "-m", module, *arguments]
        environment = self.programs.environment
        return _succeeded(
            subprocess.run(
                command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=self.programs.patience
            )
        )


Fill = Callable[[World], object]


def with_small_chat(world: World) -> None:
    """Fill a world with some people and messages."""
    world.run("tests.browser.chat")


def with_demo(world: World) -> None:
    """Fill a world as the demonstration is."""
    world.manage("seed_workspace")
    world.run("tests.browser.chat", "people")


def with_export(folder: str) -> Fill:
    """Make what fills a world with a Rocket.Chat export."""

    def fill(world: World) -> None:
        world.programs.patience = 3600
        world.manage("import_chat", "rocketchat", folder)
        world.run("tests.browser.chat", "people")

    return fill


@contextmanager
def new_world(folder: Path, fill: Fill = with_small_chat, **environment: str) -> Iterator[World]:
    """Make a workspace with a past: rebuilt days, then measured ones with a gap, then a snapshot of now."""
    database = f"sqlite:///{folder / 'world.sqlite3'}"
    settings = {"DATABASE_URL": database, "REDIS_URL": "", "STATISTICS_THROTTLE_LOGIN": MANY, **environment}
    with programs(folder, **settings) as started:
        world = World(started)
        world.manage("migrate", "--verbosity", "0")
        fill(world)
        world.manage("roll_up_history")
        world.manage("backfill_history")
        world.manage("generate_statistics")
        world.run("tests.browser.past")
        world.manage("roll_up_history")
        world.start_web()
        yield world


def _succeeded(ended: "subprocess.CompletedProcess[str]") -> str:
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
