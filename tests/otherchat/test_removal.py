"""Removing the app from a host, with its code and without."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from .databases import database
from .project import ROOT, Project

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.slow]

SQL = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "remove.md").read_text(), re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The other host with running counts."""
    with database(tmp_path, "removal") as url:
        project = Project(tmp_path, {"OTHERCHAT_DATABASE": url})
        project.manage("migrate", "auth", "--verbosity", "0")
        project.manage("migrate", "--run-syncdb", "--verbosity", "0")
        assert "trigger statistics_tally_rooms_added" in left_over(project)
        yield project


DELETE_A_USER = """
from django.contrib.auth.models import Permission, User
User.objects.create_user("gone").delete()
print(list(Permission.objects.filter(content_type__app_label="statistics_app")))
"""


def left_over(project: Project) -> str:
    result = project.run("tests.otherchat.left_over")
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_host_whose_tests_show_no_statistics_does_without_the_tables(tmp_path: Path) -> None:
    with database(tmp_path, "untabled") as url:
        project = Project(tmp_path, {"OTHERCHAT_DATABASE": url, "OTHERCHAT_MIGRATIONS": "statistics_app.migrations.none"})
        project.manage("migrate", "auth", "--verbosity", "0")
        project.manage("migrate", "--run-syncdb", "--verbosity", "0")
        assert left_over(project) == ""
        assert project.manage("flush", "--no-input", "--verbosity", "0").stderr == ""
        assert project.manage("shell", "--verbosity", "0", "--command", DELETE_A_USER).stdout.strip() == "[]"


def test_unapplying_the_migrations_leaves_nothing(project: Project) -> None:
    project.manage("migrate", "statistics_app", "zero", "--verbosity", "0")
    assert left_over(project) == ""
    project.manage("migrate", "--verbosity", "0")
    assert "trigger statistics_tally_rooms_added" in left_over(project)


def test_the_documented_statements_leave_nothing_either(project: Project) -> None:
    on_postgresql, on_sqlite = SQL
    if connection.vendor == "postgresql":
        with psycopg.connect(project.environment["OTHERCHAT_DATABASE"], autocommit=True) as server:
            server.execute(on_postgresql)
    else:
        with sqlite3.connect(project.folder / "removal.sqlite3") as file:
            for (statement,) in file.execute(on_sqlite).fetchall():
                file.execute(statement)
        file.close()
    assert left_over(project) == ""
