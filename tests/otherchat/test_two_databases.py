"""The chat's tables in one database and the app's in another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .databases import database
from .project import Project

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The other host with two empty databases."""
    with database(tmp_path, "chat") as chat, database(tmp_path, "statistics") as statistics:
        yield Project(tmp_path, {"OTHERCHAT_DATABASE": chat, "OTHERCHAT_STATISTICS_DATABASE": statistics})


def migrate(project: Project, *databases: str) -> None:
    project.manage("migrate", "auth", "--verbosity", "0")  # what the other tables refer to has to exist
    for alias in databases:
        project.manage("migrate", "--run-syncdb", "--verbosity", "0", "--database", alias)


def run(project: Project, module: str) -> str:
    result = project.run(module)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("order", [("default", "statistics"), ("statistics", "default")])
def test_everything_works_with_the_statistics_in_another_database(project: Project, order: tuple[str, str]) -> None:
    migrate(project, *order)
    assert "messages: running since" in project.manage("tallies", "status").stdout
    run(project, "tests.otherchat.fill")
    assert "messages: no difference" in run(project, "tests.otherchat.everything")


def test_unapplying_the_app_removes_the_triggers_beside_the_chat(project: Project) -> None:
    migrate(project, "default", "statistics")
    project.manage("migrate", "statistics_app", "zero", "--verbosity", "0", "--database", "statistics")
    removed = run(project, "tests.otherchat.left_over")
    assert removed == ""
