"""The pytest plugin for `--postgresql` and `--mariadb`: use the server in DATABASE_URL, or start one for the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

from .mariadb import MISSING, MariaDB, find_mariadb, runs_on_mariadb
from .messages import pytest_terminal_summary
from .postgresql import PostgreSQL

__all__ = ["pytest_terminal_summary"]  # also a hook of this plugin

_started: list[PostgreSQL | MariaDB] = []
_folders: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    parser.addoption("--postgresql", action="store_true", help="run on PostgreSQL instead of SQLite")
    parser.addoption("--mariadb", action="store_true", help="run those tests on MariaDB that apply to it, if it is installed")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Set DATABASE_URL before Django's settings are read. The workers of a parallel run inherit it."""
    if "TESTS_FOLDER" not in os.environ:
        os.environ["TESTS_FOLDER"] = tempfile.mkdtemp(prefix="stats-tests-")
        _folders.append(os.environ["TESTS_FOLDER"])
    given, options = os.environ.get("DATABASE_URL", ""), early_config.known_args_namespace
    if options.postgresql:
        if not given.startswith("postgres"):
            _start(PostgreSQL())
    elif options.mariadb and find_mariadb():
        if not given.startswith("mysql"):
            _start(MariaDB())
    else:
        os.environ["DATABASE_URL"] = "sqlite:////nowhere/but-in-tests.sqlite3"
    return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--mariadb`, keep the tests that apply to it; skip them all if it is not installed."""
    if not config.getoption("mariadb"):
        return
    kept = [item for item in items if runs_on_mariadb(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
    if not find_mariadb():
        for item in items:
            item.add_marker(pytest.mark.skip(reason="MariaDB is not installed."))
            item.user_properties.append(("message", MISSING))


def _start(server: PostgreSQL | MariaDB) -> None:
    server.start()
    _started.append(server)
    os.environ["DATABASE_URL"] = server.url


def pytest_unconfigure() -> None:
    """Stop the server and remove the temporary folder, if they were made for this run."""
    while _started:
        _started.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
