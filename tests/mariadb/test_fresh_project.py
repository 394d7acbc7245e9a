"""A new project on a MariaDB with its default collation, which takes `a` and `A` for the same text."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.install.conftest import wheel  # noqa: F401 - a fixture
from tests.install.environments import new_environment
from tests.install.fresh_project import COUNTS, ROWS, start_project
from tests.install.snippets import add, snippets_of
from tests.services.programs import database_url

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.only_mariadb, pytest.mark.slow]

NAME = "statistics_fresh"
# The driver in Python, which needs no compiler; Django's backend is written for mysqlclient.
SETTINGS = """
INSTALLED_APPS += ["forum"]
import pymysql
pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()
"""
REQUESTS = """
from django.contrib.auth.models import User
from django.test import Client
from statistics_app.models import Person
client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="ada"))
paths = ("", "history/", "activity/", "compare/", "snapshots/", "definitions/", "tokens/")
print({client.get(f"/statistics/{path}").status_code for path in paths})
people = Person.objects.of_keys({"aB", "ab"})
print(people["aB"].pk != people["ab"].pk)
"""


@pytest.fixture
def url() -> Iterator[str]:
    """The URL of an empty database with the collation that MariaDB chooses."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE DATABASE {NAME} COLLATE utf8mb4_general_ci")
    yield database_url().rpartition("/")[0] + f"/{NAME}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {NAME}")


def test_a_new_project_works_with_the_default_collation(wheel: Path, url: str, tmp_path: Path) -> None:  # noqa: F811
    environment = new_environment(tmp_path / "venv")
    environment.install(str(wheel), "pymysql")
    project = start_project(tmp_path / "project", environment, url, settings=SETTINGS)
    for snippet in snippets_of("README.md", "## Add it to your project"):
        if snippet.language == "python":
            add(project.folder, snippet)
    project.manage("migrate", "--verbosity", "0")
    project.shell(ROWS)
    document = json.loads(project.manage("generate_statistics", "--json"))
    assert {key: document[key] for key in COUNTS} == COUNTS
    project.manage("roll_up_history")
    assert project.shell(REQUESTS).split() == ["{200}", "True"]
    project.manage("migrate", "statistics_app", "zero", "--verbosity", "0")
