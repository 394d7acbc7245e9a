"""A hot standby that serves the reads, and the primary that takes the writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.postgresql import FAST, PostgreSQL, Replica

from .databases import on_server
from .project import Project

pytestmark = [pytest.mark.any_database, pytest.mark.only_postgresql, pytest.mark.slow]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[PostgreSQL, Replica]]:
    """A primary, and a standby that follows it and logs all its statements."""
    primary = PostgreSQL({**FAST, "synchronous_standby_names": "*"})
    primary.start()
    try:
        replica = Replica(primary, {**FAST, "log_statement": "all"})
        replica.start()
        try:
            yield primary, replica
        finally:
            replica.stop()
    finally:
        primary.stop()


@pytest.fixture
def project(servers: tuple[PostgreSQL, Replica], tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Project]:
    """The other host with a database of its own, which is read from the standby."""
    primary, replica = servers
    name = request.node.name
    on_server(primary.url, f'CREATE DATABASE "{name}"')
    on_server(primary.url, f"ALTER DATABASE \"{name}\" SET synchronous_commit = 'remote_apply'")
    project = Project(
        tmp_path, {"OTHERCHAT_DATABASE": primary.url_of(name), "OTHERCHAT_REPLICA_DATABASE": replica.url_of(name)}
    )
    project.manage("migrate", "auth", "--verbosity", "0")
    project.manage("migrate", "--run-syncdb", "--verbosity", "0")
    filled = project.run("tests.otherchat.fill")
    assert filled.returncode == 0, filled.stderr
    return project


def test_everything_works_with_reads_from_a_standby(project: Project, servers: tuple[PostgreSQL, Replica]) -> None:
    result = project.run("tests.otherchat.everything")
    assert result.returncode == 0, result.stderr
    assert "messages: no difference" in result.stdout
    log = (servers[1].data / "log").read_text()
    assert "statistics_tally_messages_total" in log  # the numbers were read there
    assert "read-only transaction" not in log
    assert "pg_advisory" not in log
    assert "advisory_xact" not in log


def test_nothing_is_decided_by_what_a_lagging_standby_knows(project: Project, servers: tuple[PostgreSQL, Replica]) -> None:
    on_server(servers[0].url, f"ALTER DATABASE \"{servers_database(project)}\" SET synchronous_commit = 'local'")
    result = project.run("tests.otherchat.lagging")
    assert result.returncode == 0, result.stderr


def servers_database(project: Project) -> str:
    """Return the name of the project's database."""
    return project.environment["OTHERCHAT_DATABASE"].rpartition("/")[2]
