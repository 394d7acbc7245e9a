"""`pytest --postgresql`: run on a real PostgreSQL, the one that DATABASE_URL names or one started for the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

from .postgresql import PostgreSQL
from .sayings import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]  # a hook of this plugin, too

_started: list[PostgreSQL] = []
_folders: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one choice."""
    parser.addoption("--postgresql", action="store_true", help="run on PostgreSQL instead of SQLite")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Name the database before anything reads Django's settings; workers of a parallel run inherit the name."""
    if "TESTS_FOLDER" not in os.environ:
        os.environ["TESTS_FOLDER"] = tempfile.mkdtemp(prefix="stats-tests-")
        _folders.append(os.environ["TESTS_FOLDER"])
    wanted = early_config.known_args_namespace.postgresql
    given = os.environ.get("DATABASE_URL", "")
    if not wanted:
        os.environ["DATABASE_URL"] = "sqlite:////nowhere/but-in-tests.sqlite3"
    elif not given.startswith("postgres"):
        server = PostgreSQL()
        server.start()
        _started.append(server)
        os.environ["DATABASE_URL"] = server.url
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what was started."""
    while _started:
        _started.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
