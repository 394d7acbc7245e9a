"""The pytest plugin for the option `--postgresql`: use the server in DATABASE_URL, or start one for the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

from .messages import pytest_terminal_summary
from .postgresql import PostgreSQL

__all__ = ["pytest_terminal_summary"]  # also a hook of this plugin

_started: list[PostgreSQL] = []
_folders: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--postgresql", action="store_true", help="run on PostgreSQL instead of SQLite")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Set DATABASE_URL before Django's settings are read. The workers of a parallel run inherit it."""
    if "TESTS_FOLDER" not in os.environ:
        os.environ["TESTS_FOLDER"] = tempfile.mkdtemp(prefix="stats-tests-")
        _folders.append(os.environ["TESTS_FOLDER"])
    if not early_config.known_args_namespace.postgresql:
        os.environ["DATABASE_URL"] = "sqlite:////nowhere/but-in-tests.sqlite3"
    elif not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        server = PostgreSQL()
        server.start()
        _started.append(server)
        os.environ["DATABASE_URL"] = server.url
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the server and remove the temporary folder, if they were made for this run."""
    while _started:
        _started.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
