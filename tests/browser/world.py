"""A workspace for browser tests: its own database, filled with the project's own commands, and a web server."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from statsproject.programs.processes import Program
from tests.services.programs import PYTHON, ROOT, Programs, programs

from .people import PASSWORDS

# High enough that the tests' sign-ins are never rate limited.
UNLIMITED = "10000/minute"


@dataclass
class World:
    """A running workspace, controlled by commands, since Django's models cannot be used in a process that runs Playwright."""

    programs: Programs
    url: str = ""
    passwords: Mapping[str, str] = field(default_factory=lambda: PASSWORDS)
    _web: Program | None = None

    @property
    def folder(self) -> Path:
        """Return the folder with the database and the logs."""
        return self.programs.folder

    def start_web(self) -> None:
        """Start the web server, after a stop on the same port as before."""
        port = int(self.url.rpartition(":")[2]) if self.url else None
        self._web, self.url = self.programs.web(port)

    def stop_web(self) -> None:
        """Stop the web server, so that connections are refused."""
        assert self._web
        self._web.stop()
        self.programs.running.remove(self._web)
        self._web = None

    @contextmanager
    def without_web(self) -> Iterator[None]:
        """Stop the web server for the duration of the block."""
        self.stop_web()
        try:
            yield
        finally:
            self.start_web()

    def manage(self, *arguments: str) -> str:
        """Run a management command and return its output; errors: AssertionError if it fails."""
        return _checked_output(self.programs.manage(*arguments))

    def run(self, module: str, *arguments: str) -> str:
        """Run `python -m MODULE` in the workspace's environment and return its output; errors: AssertionError if it fails."""
        command = [PYTHON, "-m", module, *arguments]
        environment = self.programs.environment
        return _checked_output(
            subprocess.run(
                command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=self.programs.timeout
            )
        )


Fill = Callable[[World], object]


def with_small_chat(world: World) -> None:
    """Fill a workspace with a few users and messages."""
    world.run("tests.browser.chat")


def with_demo(world: World) -> None:
    """Fill a workspace with the demo data."""
    world.manage("seed_workspace")
    world.run("tests.browser.chat", "people")


def with_export(folder: str) -> Fill:
    """Return a function that fills a workspace with a Rocket.Chat export."""

    def fill(world: World) -> None:
        world.programs.timeout = 3600
        world.manage("import_chat", "rocketchat", folder)
        world.run("tests.browser.chat", "people")

    return fill


@contextmanager
def new_world(folder: Path, fill: Fill = with_small_chat, **environment: str) -> Iterator[World]:
    """Create a workspace with a history: rebuilt days, then measured days with a gap, then a snapshot of now."""
    database = f"sqlite:///{folder / 'world.sqlite3'}"
    settings = {
        "DATABASE_URL": database,
        "REDIS_URL": "",
        "STATISTICS_THROTTLE_LOGIN": UNLIMITED,
        "STATISTICS_THROTTLE_LOGIN_ADDRESS": UNLIMITED,
        **environment,
    }
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


def _checked_output(process: "subprocess.CompletedProcess[str]") -> str:
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout
