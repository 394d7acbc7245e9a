"""The app works with its base dependencies; what needs an extra says which."""

import json
from pathlib import Path
from typing import Any

import pytest

from .environments import Environment
from .fresh_project import COUNTS, ROWS, FreshProject
from .snippets import add, snippets_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.django_db, pytest.mark.slow]

# Those of Django, of its REST framework and of the app, and the driver for PostgreSQL.
BASE = {
    *("asgiref", "django", "sqlparse", "djangorestframework"),
    *("filelock", "msgspec", "prometheus-client", "psutil", "workspace-statistics"),
    *("psycopg", "psycopg-binary", "typing-extensions"),
}
REQUESTS = """
import json
from django.contrib.auth.models import User
from django.test import Client
client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="ada"))
headers = %r
paths = ("statistics/", "statistics/history/", "statistics/activity/", "statistics/compare/", "statistics/snapshots/",
         "statistics/definitions/", "statistics/tokens/", "admin/statistics_app/snapshot/")
answers = {path: client.get("/" + path).status_code for path in paths}
for path in ("statistics", "statistics.list", "statistics.history?keys=totalMessages", "statistics.export", "schema", "docs"):
    answer = client.get("/api/v1/" + path, headers=headers)
    answers[path] = [answer.status_code, b"".join(answer).decode()]
metrics = client.get("/api/metrics", headers=headers)
answers["metrics"] = [metrics.status_code, metrics.content.decode()]
print(json.dumps(answers))
"""
OVERDUE = """
from datetime import timedelta
from django.utils import timezone
from statistics_app.models import Snapshot
from statistics_app.snapshots.staleness import find_overdue
print(find_overdue(Snapshot.objects.get(), timezone.now() + timedelta(hours=3)))
"""


@pytest.fixture
def host(project: FreshProject) -> FreshProject:
    """A project as README.md describes it, in the environment without extras."""
    project.shell(ROWS)
    for snippet in snippets_of("README.md", "## Add it to your project"):
        if snippet.language == "python":
            add(project.folder, snippet)
    project.manage("check", "--fail-level", "WARNING")
    project.manage("migrate", "--verbosity", "0")
    return project


def test_the_base_dependencies_are_few(base: Environment) -> None:
    assert base.installed() <= BASE


def test_snapshots_api_and_pages_work_without_any_extra(host: FreshProject) -> None:
    host.manage("generate_statistics")
    host.manage("roll_up_history")
    answers: dict[str, Any] = json.loads(host.shell(REQUESTS % host.token()))
    missing = {path: answers.pop(path) for path in ("schema", "docs")}
    assert {path: status[0] if isinstance(status, list) else status for path, status in answers.items()} == dict.fromkeys(
        answers, 200
    )
    document = json.loads(answers["statistics"][1])
    assert {key: document[key] for key in COUNTS} == COUNTS
    for status, body in missing.values():
        assert status == 501
        assert json.loads(body) == {
            "success": False,
            "error": "The OpenAPI document needs a package that is not installed, drf_spectacular: "
            "`python -m pip install 'workspace-statistics[schema]'`.",
        }


def test_commands_with_progress_bars_do_without(host: FreshProject, tmp_path: Path) -> None:
    host.manage("generate_statistics")
    assert "rebuil" in host.manage("backfill_history")
    assert "rolled up" in host.manage("rebuild_rollups")
    assert "running" in host.manage("tallies", "install")
    host.manage("export_statistics", "--output", str(tmp_path / "all.jsonl"))
    assert json.loads((tmp_path / "all.jsonl").read_text())["totalMessages"] == COUNTS["totalMessages"]


def test_a_snapshot_that_is_overdue_is_blamed_on_cron_where_there_is_no_celery(host: FreshProject) -> None:
    host.manage("generate_statistics")
    overdue = host.shell(OVERDUE)
    assert "no-scheduler" in overdue
    assert "Celery is not installed" in overdue
    status = host.run("python", "manage.py", "statistics_status")
    assert "broker: ok" in status.stdout
