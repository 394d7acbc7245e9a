"""Running counts over the stranger's tables: UUID and integer keys, marks of deletion, accounts that two tables tell about."""

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
    """The stranger's project on the database of this run, its tables filled before there was anything to count with."""
    environment = {}
    if connection.vendor == "postgresql":
        name = f"{connection.settings_dict['NAME']}_{NAME}"
        _on_server(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
        environment = {"OTHERCHAT_DATABASE": database_url().rpartition("/")[0] + f"/{name}"}
    project = Project(tmp_path, environment)
    uncounted = Project(tmp_path, {**environment, "OTHERCHAT_COUNTING": "live"})
    # An app without migrations is made first, and PostgreSQL wants to see what it points to.
    uncounted.manage("migrate", "auth", "--verbosity", "0")
    uncounted.manage("migrate", "--run-syncdb", "--verbosity", "0")
    fill(project)
    yield project
    if environment:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def fill(project: Project) -> None:
    filled = project.run("tests.otherchat.fill")
    assert filled.returncode == 0, filled.stderr


def _on_server(*statements: str) -> None:
    with psycopg.connect(database_url(), autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def counts(project: Project, **environment: str) -> dict[str, int]:
    asked = Project(project.folder, {**project.environment, **environment})
    document = json.loads(asked.manage("generate_statistics", "--json").stdout)
    return {key: value for key, value in document.items() if key.startswith(COUNTED)}


def test_the_strangers_tables_are_counted_by_triggers_as_far_as_they_can_be(project: Project) -> None:
    live = counts(project, OTHERCHAT_COUNTING="live")
    assert live["totalMessages"] == 18
    said = project.manage("tallies", "install").stdout
    assert "messages: running since" in said
    assert "rooms: running since" in said
    assert "users: counted live. What is declared of otherchat.Member looks beyond the row itself." in said
    assert "uploads: counted live. What is declared of otherchat.Attachment looks beyond the row itself." in said
    assert counts(project) == live


def test_what_happens_after_the_installation_is_counted_too(project: Project) -> None:
    project.manage("migrate", "--verbosity", "0")
    changed = project.run("tests.otherchat.change")
    assert changed.returncode == 0, changed.stderr
    assert counts(project)["totalMessages"] == 20
    assert counts(project) == counts(project, OTHERCHAT_COUNTING="live")
    assert "0 differences in " in project.manage("audit_tallies").stdout
