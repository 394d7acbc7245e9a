"""Fixtures: the wheel, and environments that a run makes once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.otherchat.databases import database

from .environments import Environment, build_wheel, new_environment
from .fresh_project import FreshProject, start_project

POSTGRESQL_DRIVER = "psycopg[binary]"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app's wheel."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the app and what it requires, and nothing else but a driver of PostgreSQL."""
    environment = new_environment(tmp_path_factory.mktemp("base") / "venv")
    environment.install(str(wheel), POSTGRESQL_DRIVER)
    return environment


@pytest.fixture(scope="session")
def full(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the app and all its extras for hosts."""
    environment = new_environment(tmp_path_factory.mktemp("full") / "venv")
    environment.install(f"{wheel}[celery,cli,schema]", POSTGRESQL_DRIVER)
    return environment


@pytest.fixture
def database_of_host(db: None, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database on the server of this run."""
    with database(tmp_path, "fresh") as url:
        yield url


@pytest.fixture
def project(base: Environment, database_of_host: str, tmp_path: Path) -> FreshProject:
    """A new project without the app, whose environment has the app's base dependencies only."""
    return start_project(tmp_path / "project", base, database_of_host)
