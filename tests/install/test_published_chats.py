"""Applications that others have published are mapped, counted as their own queries count, and shown."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .chats.machina import MACHINA
from .chats.private_chat import PRIVATE_CHAT
from .chats.published import PublishedChat
from .conftest import POSTGRESQL_DRIVER
from .environments import Environment, new_environment
from .fresh_project import FreshProject, start_project
from .snippets import Snippet, add, snippets_of

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.slow,
]

SETTINGS = """
INSTALLED_APPS += ["rest_framework", "statistics_app"]
LOGIN_URL = "statistics:sign-in"
STATISTICS = {"SOURCE": "mysite.statistics_source.Source"}
"""
PAGES = """
from django.contrib.auth.models import User
from django.test import Client
client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="ada"))
paths = ("", "history/", "activity/", "compare/", "snapshots/", "definitions/", "tokens/")
print({client.get(f"/statistics/{path}").status_code for path in paths})
"""
API = """
import json
from django.test import Client
def get(path):
    return json.loads(Client(SERVER_NAME="localhost").get("/api/v1/" + path, headers=%r).content)
print(json.dumps([get("statistics?refresh=true"), get("statistics.activity"), get("statistics.rooms")]))
"""
GUESS = """
from mysite import guessed, statistics_source
from statistics_app.sources.tables import TABLES, declared_tables
for name in TABLES:
    own, found = (declared_tables(module.Source, name) for module in (statistics_source, guessed))
    assert [dict(table.meanings()) for table in own] == [dict(table.meanings()) for table in found], (name, own, found)
"""


@pytest.fixture(params=[MACHINA, PRIVATE_CHAT], ids=lambda chat: chat.name)
def chat(request: pytest.FixtureRequest) -> PublishedChat:
    """Each application in turn."""
    return request.param


@pytest.fixture(scope="module")
def environment_with(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Environment]:
    """What returns an environment with an application and the statistics, both installed from packages.

    It is made once. In random order, a fixture with the applications as parameters would be made again and again.
    """

    @cache
    def made(requirement: str) -> Environment:
        environment = new_environment(tmp_path_factory.mktemp("published") / "venv")
        environment.install(str(wheel), POSTGRESQL_DRIVER, requirement)
        return environment

    return made


@pytest.fixture
def environment(chat: PublishedChat, environment_with: Callable[[str], Environment]) -> Environment:
    """The environment with the application and the statistics."""
    return environment_with(chat.requirement)


@pytest.fixture
def host(chat: PublishedChat, environment: Environment, database_of_host: str, tmp_path: Path) -> FreshProject:
    """A project with the application and the statistics."""
    project = start_project(
        tmp_path / "project", environment, database_of_host, models=None, settings=chat.settings, warnings="default"
    )
    project.shell(chat.rows)
    add(project.folder, Snippet("python", "mysite/statistics_source.py", chat.source))
    add(project.folder, Snippet("python", "mysite/settings.py", SETTINGS))
    [urls] = [one for one in snippets_of("README.md", "## Add it to your project") if one.file == "mysite/urls.py"]
    add(project.folder, urls)
    project.manage("migrate", "--verbosity", "0")
    return project


def test_it_is_counted_as_by_its_own_queries(chat: PublishedChat, host: FreshProject) -> None:
    assert "statistics_app" not in host.run("python", "manage.py", "check", "--database", "default").stderr
    assert_counted(chat, host)
    host.shell(chat.changes)
    assert_counted(chat, host)
    assert "live" not in host.manage("tallies", "status")
    host.manage("roll_up_history")
    assert "\n0 differences" in host.manage("audit_tallies")
    assert host.shell(PAGES) == "{200}\n"


def test_the_guess_is_the_source_that_was_written_by_hand(host: FreshProject) -> None:
    (host.folder / "mysite" / "guessed.py").write_text(host.manage("statistics_mapping"))
    host.shell(GUESS)


def test_it_passes_the_contract(chat: PublishedChat, host: FreshProject) -> None:
    add(host.folder, Snippet("python", "mysite/test_statistics.py", chat.contract))
    ended = host.run("python", "manage.py", "test", "mysite")
    assert ended.returncode == 0, ended.stderr
    assert "Ran 2 tests" in ended.stderr


def assert_counted(chat: PublishedChat, host: FreshProject) -> None:
    """Compare a new snapshot and the activity with what the application's own queries find."""
    expected: dict[str, int] = json.loads(host.shell(chat.counts))
    assert all(expected.values())
    statistics, activity, rooms = answers(host)
    assert {key: statistics[key] for key in expected} == expected
    assert activity["success"] is True
    assert rooms["success"] is True


def answers(host: FreshProject) -> list[dict[str, Any]]:
    """Return what the API answers."""
    result: list[dict[str, Any]] = json.loads(host.shell(API % host.token()))
    return result
