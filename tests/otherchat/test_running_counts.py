"""Running counts over the other host's tables: UUID and integer keys, marks of deletion, accounts in two tables."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.services.programs import database_url

from .project import Project

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

COUNTED = ("total", "activeUsers", "uploads")
NAME = "otherchat"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The other host on the database of this run; its tables are filled before the running counts are installed."""
    environment = {}
    if connection.vendor == "postgresql":
        name = f"{connection.settings_dict['NAME']}_{NAME}"
        _on_server(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        environment = {"OTHERCHAT_DATABASE": database_url().rpartition("/")[0] + f"/{name}"}
    project = Project(tmp_path, environment)
    live = Project(tmp_path, {**environment, "OTHERCHAT_COUNTING": "live"})
    # The tables of an app without migrations are created first, and PostgreSQL requires the tables that they refer to.
    live.manage("migrate", "auth", "--verbosity", "0")
    live.manage("migrate", "--run-syncdb", "--verbosity", "0")
    fill(project)
    yield project
    if environment:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def fill(project: Project) -> None:
    result = project.run("tests.otherchat.fill")
    assert result.returncode == 0, result.stderr


def _on_server(*statements: str) -> None:
    with psycopg.connect(database_url(), autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def counts(project: Project, **environment: str) -> dict[str, int]:
    project = Project(project.folder, {**project.environment, **environment})
    document = json.loads(project.manage("generate_statistics", "--json").stdout)
    return {key: value for key, value in document.items() if key.startswith(COUNTED)}


def test_the_tables_of_the_other_host_are_counted_by_triggers_where_possible(project: Project) -> None:
    live = counts(project, OTHERCHAT_COUNTING="live")
    assert live["totalMessages"] == 18
    output = project.manage("tallies", "install").stdout
    assert "messages: running since" in output
    assert "rooms: running since" in output
    assert "users: counted live. The declaration of otherchat.Member depends on more than the row itself: " in output
    assert "uploads: counted live. The declaration of otherchat.Attachment depends on more than the row itself: " in output
    assert counts(project) == live


def test_changes_after_the_installation_are_counted(project: Project) -> None:
    project.manage("migrate", "--verbosity", "0")
    changed = project.run("tests.otherchat.change")
    assert changed.returncode == 0, changed.stderr
    assert counts(project)["totalMessages"] == 20
    assert counts(project) == counts(project, OTHERCHAT_COUNTING="live")
    assert "0 differences in " in project.manage("audit_tallies").stdout
