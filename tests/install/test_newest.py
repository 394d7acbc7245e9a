"""The short form of the matrix: the newest Python at hand with the newest Django, and what the package's metadata promise."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.matrix.interpreters import OLDEST, interpreters
from tests.services.programs import ROOT

from .environments import Environment, new_environment
from .fresh_project import COUNTS, ROWS, start_project
from .snippets import add, snippets_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.django_db, pytest.mark.any_database]

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PAGES = """
from django.contrib.auth.models import User
from django.test import Client
client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="ada"))
paths = ("", "history/", "activity/", "compare/", "snapshots/", "definitions/", "tokens/")
print({client.get(f"/statistics/{path}").status_code for path in paths})
print(client.get("/admin/statistics_app/snapshot/").status_code)
"""


def promised(prefix: str) -> list[str]:
    """Return the versions in the classifiers with a prefix."""
    return [line.removeprefix(prefix) for line in PROJECT["classifiers"] if re.fullmatch(rf"{re.escape(prefix)}[\d.]+", line)]


@pytest.fixture(scope="module")
def newest(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment of the newest Python with the newest Django."""
    python = [*interpreters().values()][-1]
    environment = new_environment(tmp_path_factory.mktemp("newest") / "venv", python)
    environment.install(str(wheel), "psycopg[binary]", unpinned=["django", "djangorestframework"])
    return environment


def test_the_classifiers_name_each_version_of_python_from_the_oldest_on() -> None:
    versions = promised("Programming Language :: Python :: ")
    assert versions == [f"{OLDEST[0]}.{OLDEST[1] + n}" for n in range(len(versions))]
    assert PROJECT["requires-python"] == ">=" + versions[0]
    assert set(interpreters()) <= set(versions), "Run `make test-matrix` with the new version and add its classifier."


@pytest.mark.slow
def test_a_project_with_the_newest_python_and_django_works(newest: Environment, database_of_host: str, tmp_path: Path) -> None:
    project = start_project(tmp_path / "project", newest, database_of_host)
    for snippet in snippets_of("README.md", "## Add it to your project"):
        if snippet.language == "python":
            add(project.folder, snippet)
    version = project.run("python", "-c", "import django; print('{}.{}'.format(*django.VERSION))").stdout.strip()
    assert version in promised("Framework :: Django :: ")
    project.manage("check", "--fail-level", "WARNING")
    project.manage("migrate", "--verbosity", "0")
    project.shell(ROWS)
    document = json.loads(project.manage("generate_statistics", "--json"))
    assert {key: document[key] for key in COUNTS} == COUNTS
    assert "messages: running" in project.manage("tallies", "status")
    assert project.shell(PAGES).split() == ["{200}", "200"]
