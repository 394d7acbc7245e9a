"""Whether the app is ready: each check with its fault, and who may ask."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import requests
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.monitoring.health import CHECKS, readiness
from statistics_app.snapshots import generation
from statsproject.programs.processes import wait_until
from tests.api.test_errors import database_unavailable
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

NAMES = ["database", "migrations", "broker", "counts", "snapshot"]
# No worker runs beside the tests.
WITHOUT_WORKER = ("broker",)


def problems(without: tuple[str, ...] = WITHOUT_WORKER) -> dict[str, str]:
    """Return the problems by check."""
    return {check.name: check.problem for check in readiness(timezone.now(), without) if check.problem}


def get(path: str, query: str = "", **meta: Any) -> Any:
    return Client().get(f"{path}{query}", **meta)


@pytest.fixture
def snapshot() -> Snapshot:
    """A snapshot that was just taken."""
    return generation.generate(Origin.COMMAND)


def test_nothing_is_wrong_after_a_snapshot(snapshot: Snapshot) -> None:
    assert [*CHECKS] == NAMES
    assert problems() == {}


def test_before_the_first_snapshot_it_is_not_ready() -> None:
    assert problems() == {"snapshot": "There is no snapshot yet."}


@pytest.mark.parametrize(("intervals", "is_old"), [(1.9, False), (2.1, True)])
def test_a_snapshot_may_be_two_intervals_old(snapshot: Snapshot, settings: Settings, intervals: float, is_old: bool) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "INTERVAL": 600}
    Snapshot.objects.update(created_at=timezone.now() - timedelta(seconds=600 * intervals))
    assert ("snapshot" in problems()) == is_old
    if is_old:
        assert problems()["snapshot"].endswith("1,200 s is the most.")


def test_a_missing_migration_is_named(snapshot: Snapshot) -> None:
    applied = MigrationRecorder.Migration.objects.filter(app="statistics_app").order_by("-pk")[0]
    applied.delete()
    try:
        assert problems() == {"migrations": "Migrations are not applied: run `manage.py migrate`."}
    finally:
        MigrationRecorder.Migration.objects.create(app=applied.app, name=applied.name, applied=applied.applied)


def test_a_count_that_lacks_its_triggers_is_named(snapshot: Snapshot) -> None:
    call_command("tallies", "uninstall", stdout=StringIO())
    try:
        assert "The running count of messages is not installed." in problems()["counts"]
    finally:
        call_command("tallies", "install", stdout=StringIO())
    assert problems() == {}


def test_without_a_worker_the_broker_is_at_fault(snapshot: Snapshot) -> None:
    assert set(problems(())) == {"broker"}


def test_without_the_database_every_check_that_needs_it_says_so(snapshot: Snapshot) -> None:
    with database_unavailable():
        assert problems() == {name: "The database does not answer at the moment." for name in NAMES if name != "broker"}
        assert get("/livez").status_code == 200
        assert get("/readyz").status_code == 503
    assert problems() == {}


def test_a_missing_table_is_no_database_that_is_away(snapshot: Snapshot) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE statistics_app_snapshot RENAME TO away")
    try:
        assert problems()["snapshot"] in {
            "ProgrammingError: see the log for details.",
            "OperationalError: see the log for details.",
        }
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO statistics_app_snapshot")


def test_probes_are_answered_whatever_they_ask_for(snapshot: Snapshot, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for host in ("10.1.2.3:8000", "", "anything.example"):
        assert (get("/livez", HTTP_HOST=host).status_code, get("/livez", HTTP_HOST=host).json()) == (200, {"status": "ok"})
    response = get("/readyz", "?exclude=broker", HTTP_HOST="10.1.2.3")
    expected = {"status": "ok", "checks": dict.fromkeys([name for name in NAMES if name != "broker"], "ok")}
    assert (response.status_code, response.json()) == (200, expected)
    assert response.headers["Cache-Control"] == "no-store"
    response = get("/readyz", HTTP_HOST="10.1.2.3")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert response.json()["checks"]["broker"] != "ok"
    assert Client().head("/readyz?exclude=broker").status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_nobody_else_learns_that_there_are_such_paths(settings: Settings, path: str) -> None:
    unknown = get("/nothing", REMOTE_ADDR="203.0.113.7").status_code
    assert unknown == 404
    assert get(path, REMOTE_ADDR="203.0.113.7").status_code == unknown
    assert Client().post(path).status_code == unknown
    # What a proxy on this machine passes on does not come from this machine.
    assert get(path, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == unknown
    settings.STATISTICS = {**settings.STATISTICS, "TRUSTED_PROXIES": 1}
    assert get(path, HTTP_X_FORWARDED_FOR="203.0.113.7").status_code == unknown
    assert get(path, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code != unknown


@pytest.mark.parametrize(
    ("address", "is_answered"), [("10.9.8.7", True), ("::ffff:10.9.8.7", True), ("fd00::1", True), ("127.0.0.1", False)]
)
def test_the_networks_of_probes_are_a_setting(settings: Settings, address: str, is_answered: bool) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "HEALTH_NETWORKS": ["10.0.0.0/8", "fd00::/8"]}
    assert (get("/livez", REMOTE_ADDR=address).status_code == 200) == is_answered


def test_the_command_prints_the_same_for_people_and_programs(snapshot: Snapshot) -> None:
    def printed(*arguments: str) -> str:
        output = StringIO()
        with pytest.raises(SystemExit) as stopped:
            call_command("statistics_status", *arguments, stdout=output)
        assert stopped.value.code == 1
        return output.getvalue()

    assert printed().splitlines()[:2] == ["database: ok", "migrations: ok"]
    document = json.loads(printed("--json"))
    assert [*document] == NAMES
    assert {name for name, problem in document.items() if problem != "ok"} == {"broker"}


@pytest.mark.slow
@pytest.mark.parametrize("server", ["web", "asgi"])
def test_a_server_with_a_worker_is_ready(running: Programs, redis_url: str, server: str) -> None:
    running.environment |= {"REDIS_URL": redis_url}
    _, url = getattr(running, server)(ALLOWED_HOSTS="chat.example")
    assert requests.get(f"{url}/livez", timeout=60).status_code == 200
    # The broker is asked last: what a server finds out about it holds for half a minute.
    without_broker = f"{url}/readyz?exclude=broker"
    not_ready = requests.get(without_broker, timeout=60)
    assert (not_ready.status_code, not_ready.json()["checks"]["snapshot"]) == (503, "There is no snapshot yet.")
    worker = running.worker()
    wait_until(lambda: requests.get(without_broker, timeout=60).status_code == 200, "A snapshot", [worker], seconds=60)
    assert requests.get(f"{url}/readyz", timeout=60).json() == {"status": "ok", "checks": dict.fromkeys(NAMES, "ok")}
    assert running.manage("statistics_status").returncode == 0
