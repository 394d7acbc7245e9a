"""The privileges that docs/install.md lists are enough for a role that owns nothing."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.otherchat.databases import on_server
from tests.services.programs import database_url

from .environments import Environment
from .fresh_project import ROWS, FreshProject, start_project
from .snippets import add, snippets_of

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.only_postgresql,
    pytest.mark.slow,
]

NAME = "statistics_roles_of_a_host"
ROLES = ("chat", "bridge", "chat_owner")
WORK = """
from forum.models import Post
Post.objects.last().delete()
Post.objects.update(author=None)
"""


@pytest.fixture
def url() -> Iterator[str]:
    """The URL of a database that the role chat_owner owns."""
    server = database_url()
    drop = [f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)', *(f"DROP ROLE IF EXISTS {role}" for role in ROLES)]
    # Roles belong to the whole server, which other test processes use too. Locks belong to a database.
    with psycopg.connect(f"{server.rpartition('/')[0]}/postgres", autocommit=True) as alone:
        alone.execute("SELECT pg_advisory_lock(hashtext(%s))", [NAME])
        on_server(server, *drop, *(f"CREATE ROLE {role} LOGIN" for role in ROLES), f'CREATE DATABASE "{NAME}" OWNER chat_owner')
        yield f"postgresql://chat_owner@{server.partition('@')[2].rpartition('/')[0]}/{NAME}"
        on_server(server, *drop)


@pytest.fixture
def host(base: Environment, url: str, tmp_path: Path) -> FreshProject:
    """A project whose tables belong to chat_owner, and whose processes connect as chat."""
    project = start_project(tmp_path / "project", base, url)
    on_server(url, *(snippet.text for snippet in snippets_of("docs/install.md", "### Roles of the database")))
    on_server(url, "GRANT INSERT, SELECT ON forum_post TO bridge", "GRANT USAGE ON SCHEMA public TO bridge")
    for snippet in snippets_of("README.md", "## Add it to your project"):
        if snippet.language == "python":
            add(project.folder, snippet)
    project.manage("migrate", "--verbosity", "0")
    with (project.folder / "mysite" / "settings.py").open("a") as settings:
        settings.write("\nDATABASES['default']['USER'] = 'chat'\n")
    project.shell(ROWS)
    return project


def test_a_role_that_owns_nothing_does_everything_but_migrate(host: FreshProject, url: str) -> None:
    host.shell(WORK)
    with psycopg.connect(url.replace("chat_owner@", "bridge@"), autocommit=True) as bridge:
        bridge.execute("INSERT INTO forum_post (space_id, written_at) SELECT min(space_id), now() FROM forum_post")
    assert "7 messages, 2 users" in host.manage("generate_statistics")
    host.manage("roll_up_history")
    assert "\n0 differences" in host.manage("audit_tallies")
    status = host.manage("tallies", "status")
    assert "messages: running" in status
    assert "live" not in status
    host.manage("prune_statistics")
    host.token()
    refused = host.run("python", "manage.py", "migrate", "statistics_app", "zero")
    assert "must be owner" in refused.stderr


def test_without_the_privileges_it_does_not(host: FreshProject, url: str) -> None:
    on_server(url, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM chat")
    assert "permission denied" in host.run("python", "manage.py", "generate_statistics").stderr
