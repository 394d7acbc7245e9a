"""Two tenants in one database, each with the same tables in a schema of its own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from .databases import database, on_server
from .project import Project

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.only_postgresql, pytest.mark.slow]

TENANTS = ("acme", "Umbrella Ltd")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The other host with a filled schema for each tenant."""
    with database(tmp_path, "tenants") as url:
        project = Project(tmp_path, {"OTHERCHAT_DATABASE": url})
        for tenant in TENANTS:
            on_server(url, f'CREATE SCHEMA "{tenant}"')
            of_tenant = in_schema(project, tenant)
            of_tenant.manage("migrate", "auth", "--verbosity", "0")
            of_tenant.manage("migrate", "--run-syncdb", "--verbosity", "0")
            filled = of_tenant.run("tests.otherchat.fill")
            assert filled.returncode == 0, filled.stderr
        yield project


def in_schema(project: Project, tenant: str) -> Project:
    """Return the project with connections that begin in a tenant's schema."""
    path = f'"{tenant}"'.replace(" ", "\\ ")
    return replace(project, environment={**project.environment, "OTHERCHAT_SCHEMAS": path})


def test_each_schema_has_counts_of_its_own(project: Project) -> None:
    result = project.run("tests.otherchat.tenants", *TENANTS)
    assert result.returncode == 0, result.stderr
    for tenant in TENANTS:
        assert "rooms: running since" in in_schema(project, tenant).manage("tallies", "status").stdout
