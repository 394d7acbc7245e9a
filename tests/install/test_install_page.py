"""Every snippet of docs/install.md runs in a new project as it is printed."""

import json
import re
from pathlib import Path

import pytest

from .environments import Environment
from .fresh_project import COUNTS, ROWS, FreshProject, start_project
from .snippets import Snippet, add, snippets_of

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.slow,
]

PAGE = "docs/install.md"
HOST = "## Into your Django project"
SCHEDULE = "### 6. Take snapshots on schedule"
CELERY = """
from mysite.celery import app
app.loader.import_default_modules()
app.finalize()
app.conf.task_always_eager = True
assert {"generate-statistics", "roll-up-history"} <= set(app.conf.beat_schedule), app.conf.beat_schedule
for entry in app.conf.beat_schedule.values():
    app.tasks[entry["task"]].apply().get()
from statistics_app.models import Snapshot
snapshot = Snapshot.objects.get()
print(snapshot.origin, snapshot.body)
"""
REQUEST = """
from django.contrib import admin
from django.test import Client
from mysite.wsgi import application
from mysite.asgi import application as asgi
client = Client(SERVER_NAME="localhost")
print(client.get("/api/nothing").headers["Content-Type"], client.get("/statistics/").headers["Location"])
print(admin.site.login_form.__name__)
"""
GET = """
from django.test import Client
print(Client(SERVER_NAME="localhost").get("/api/v1/statistics", headers=%r).status_code)
"""
VIEWER = """
from django.contrib.auth.models import User
User.objects.filter(username="ada").update(is_superuser=False)
"""


def python_snippets(heading: str) -> list[Snippet]:
    return [one for one in snippets_of(PAGE, heading) if one.language == "python"]


@pytest.fixture
def installed(full: Environment, database_of_host: str, tmp_path: Path) -> FreshProject:
    """A project with all snippets of the page, and the source of README.md."""
    project = start_project(tmp_path / "project", full, database_of_host)
    project.shell(ROWS)
    [source] = [one for one in snippets_of("README.md", "## Add it to your project") if one.file.startswith("forum/")]
    for snippet in [source, *python_snippets(HOST)]:
        if snippet.file.startswith(("forum/", "mysite/")):
            add(project.folder, snippet)
    for command in snippets_of(PAGE, "### 5. Create the tables, the first snapshot and a token")[0].lines:
        project.manage(*command.split()[2:])
    return project


def test_every_snippet_of_python_names_its_file() -> None:
    named = {snippet.file for snippet in python_snippets(HOST)}
    assert "" not in named
    assert {"mysite/settings.py", "mysite/urls.py", "mysite/celery.py", "mysite/wsgi.py", "mysite/asgi.py"} <= named


def test_a_project_with_all_snippets_is_without_faults(installed: FreshProject) -> None:
    assert "no issues" in installed.manage("check", "--database", "default", "--fail-level", "INFO")
    assert "users: running" in installed.manage("tallies", "status")
    assert installed.shell(REQUEST).split() == [
        "application/json",
        "/statistics/sign-in/?next=/statistics/",
        "AdminSignInForm",
    ]


def test_celery_takes_the_snapshots_as_the_page_says(installed: FreshProject) -> None:
    installed.shell("from statistics_app.models import Snapshot; Snapshot.objects.all().delete()")
    origin, _, body = installed.shell(CELERY).partition(" ")
    assert origin == "schedule"
    assert {key: json.loads(body)[key] for key in COUNTS} == COUNTS


def test_members_of_the_group_may_see_the_statistics(installed: FreshProject) -> None:
    installed.shell(VIEWER)
    [grant] = [one for one in python_snippets(HOST) if one.file == "python manage.py shell"]
    headers = dict(
        line.split(": ", 1) for line in installed.run("python", "manage.py", "create_token", "ada").stdout.splitlines()
    )
    get = GET % headers
    assert installed.shell(get).strip() == "403"
    installed.shell(grant.text)
    assert installed.shell(get).strip() == "200"


def test_cron_does_without_celery(project: FreshProject) -> None:
    """The environment of this project has no Celery."""
    for snippet in snippets_of("README.md", "## Add it to your project"):
        if snippet.language == "python":
            add(project.folder, snippet)
    project.shell(ROWS)
    project.manage("migrate", "--verbosity", "0")
    [crontab] = [one for one in snippets_of(PAGE, SCHEDULE) if one.language == "text"]
    lines = [re.fullmatch(r"[\d*/ ]+  cd /srv/mysite && \.venv/bin/python manage\.py (\w+)", line) for line in crontab.lines]
    assert [match and match[1] for match in lines] == [
        "generate_statistics",
        "roll_up_history",
        "prune_statistics",
        "audit_tallies",
    ]
    for match in lines:
        assert match is not None
        project.manage(match[1])
    assert project.shell("from statistics_app.models import Snapshot; print(Snapshot.objects.get().total_messages)") == "7\n"
