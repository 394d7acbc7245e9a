"""The metrics for Prometheus: their values, their conventions, and a real Prometheus that scrapes them."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse

from statistics_app.catalogue.gauges import GAUGES
from statistics_app.models import FailedTask, Instance, Snapshot, TallyAudit
from statistics_app.models.snapshot import Origin
from statistics_app.monitoring.exposition import exposition
from statistics_app.snapshots import generation
from tests.conftest import Person
from tests.factories import make_messages, make_room
from tests.services.programs import Programs
from tests.services.prometheus import Prometheus, promtool

from .test_examples import RULES, expressions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

PATHS = ["/metrics", "/api/metrics", "/api/metrics/"]
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples_in(text: str) -> Samples:
    """Return the value of each sample by its name and labels."""
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in parse(text) for one in family.samples}


def scraped() -> Samples:
    return samples_in(exposition("")[0].decode())


def basic(person: Person) -> dict[str, str]:
    assert person.user
    return {"Authorization": "Basic " + base64.b64encode(f"{person.user.pk}:{person.token}".encode()).decode()}


@pytest.fixture
def snapshot(viewer: Person) -> Snapshot:
    """A snapshot of a workspace with five messages in one channel."""
    make_messages(make_room(), 5)
    return generation.generate(Origin.COMMAND)


def test_what_a_remote_server_does_not_tell_of_itself_is_left_out(snapshot: Snapshot) -> None:
    snapshot.body = Snapshot.body_of({**snapshot.document, "version": None})
    snapshot.save()
    [labels] = [dict(labels) for name, labels in scraped() if name == "statistics_workspace_info"]
    assert labels == {"unique_id": snapshot.document["uniqueId"]}


def test_the_numbers_are_those_of_the_newest_snapshot(snapshot: Snapshot) -> None:
    samples, document = scraped(), snapshot.document
    assert samples["statistics_messages", (("kind", "channel"),)] == document["totalChannelMessages"] == 5
    assert samples["statistics_rooms", (("kind", "direct"),)] == document["totalDirect"]
    assert samples["statistics_users", (("active", "true"),)] == document["activeUsers"]
    assert samples["statistics_host_memory_available_bytes", ()] == document["os"]["freemem"]
    assert samples["statistics_host_load", (("over", "15m"),)] == document["os"]["loadavg"][2]
    assert samples["statistics_teams", ()] == document["teams"]["totalTeams"]
    sent_at = datetime.fromisoformat(document["lastMessageSentAt"])
    assert samples["statistics_last_message_timestamp_seconds", ()] == pytest.approx(sent_at.timestamp())
    described = (("unique_id", document["uniqueId"]), ("version", document["version"]))
    assert samples["statistics_workspace_info", described] == 1


def test_every_number_of_the_document_is_a_metric(snapshot: Snapshot) -> None:
    known = {path.partition(".")[0] for gauge in GAUGES for path in gauge.values.values()}
    sums = {"totalUsers", "totalRooms", "totalMessages", "totalConnectedUsers"}  # Prometheus adds up
    texts = {"_id", "uniqueId", "installedAt", "version", "createdAt", "_updatedAt", "deploy"}
    elsewhere = {"userLanguages", "totlalLivechat", "roomsInsideTeams"}
    assert set(snapshot.document) - known == sums | texts | elsewhere


def test_what_a_snapshot_does_not_know_has_no_sample(snapshot: Snapshot) -> None:
    document = {**snapshot.document, "totalPinned": None, "os": None, "userLanguages": None}
    snapshot.body, snapshot.problems = Snapshot.body_of(document), {"totalPinned": "broken", "os": "broken"}
    snapshot.save()
    samples = scraped()
    names = {name for name, _ in samples}
    assert not names & {"statistics_pinned_messages", "statistics_host_load", "statistics_users_by_language"}
    assert samples["statistics_snapshot_problems", ()] == 2


def test_the_snapshot_is_described_with_its_age_and_parts(snapshot: Snapshot) -> None:
    Snapshot.objects.update(created_at=timezone.now() - timedelta(hours=3), took_ms=250)
    samples = scraped()
    assert samples["statistics_snapshot_age_seconds", ()] == pytest.approx(3 * 3600, abs=60)
    assert samples["statistics_snapshot_overdue", ()] == 1
    assert samples["statistics_snapshot_duration_seconds", ()] == 0.25
    parts = {dict(labels)["part"] for name, labels in samples if name == "statistics_snapshot_part_duration_seconds"}
    assert {"fold", "save", "history", "users", "messages", "os"} <= parts
    assert sum(snapshot.part_seconds.values()) <= snapshot.took_ms / 1000 + 0.001


def test_a_fresh_snapshot_is_not_overdue(snapshot: Snapshot) -> None:
    assert scraped()["statistics_snapshot_overdue", ()] == 0


def test_without_a_snapshot_nothing_of_the_workspace_is_known(viewer: Person) -> None:
    assert Client().get("/metrics", headers=viewer.headers).status_code == 200
    assert not Snapshot.objects.exists()
    assert not [name for name, _ in scraped() if name.startswith(("statistics_users", "statistics_snapshot"))]


def test_failures_of_tasks_are_counted() -> None:
    for _ in range(3):
        FailedTask.objects.record("statistics_app.prune_statistics", timezone.now(), "OSError:\nno space")
    assert scraped()["statistics_task_failures_total", (("task", "prune_statistics"),)] == 3
    assert FailedTask.objects.get().error == "OSError: no space"


def test_the_last_audit_is_reported() -> None:
    assert not [name for name, _ in scraped() if "audit" in name]
    for day, differences in ((1, 7), (2, 4)):
        TallyAudit.objects.create(began_at=datetime(2026, 3, day, tzinfo=UTC), took_ms=1, differences=differences)
    samples = scraped()
    assert samples["statistics_audit_differences", ()] == 4
    assert samples["statistics_audit_timestamp_seconds", ()] == datetime(2026, 3, 2, tzinfo=UTC).timestamp()


def test_the_responses_of_each_running_server_are_counted() -> None:
    Instance.objects.all().beat("one", host="web", pid=7, responses={"200": 5, "429": 1})
    Instance.objects.all().beat("gone", host="web", pid=8, responses={"200": 9})
    Instance.objects.filter(pk="gone").update(seen_at=timezone.now() - timedelta(hours=1))
    samples = scraped()
    counts = {labels: value for (name, labels), value in samples.items() if name == "statistics_api_responses_total"}
    assert counts == {
        (("code", "200"), ("server", "web:7:one")): 5,
        (("code", "429"), ("server", "web:7:one")): 1,
    }


@pytest.mark.only_postgresql
def test_waiting_changes_of_the_running_counts_are_counted() -> None:
    room = make_room()
    generation.generate(Origin.COMMAND)
    make_messages(room, 3)
    samples = scraped()
    assert samples["statistics_ledger_rows", (("count", "messages"),)] >= 1
    assert samples["statistics_fold_lag_seconds", (("count", "messages"),)] >= 0
    generation.generate(Origin.COMMAND)
    samples = scraped()
    assert samples["statistics_ledger_rows", (("count", "messages"),)] == 0
    assert samples["statistics_fold_lag_seconds", (("count", "messages"),)] == 0


@pytest.mark.parametrize("path", PATHS)
def test_only_viewers_can_scrape(path: str, viewer: Person, member: Person, inactive: Person) -> None:
    def status(headers: dict[str, str]) -> int:
        return Client().get(path, headers=headers).status_code

    for person, expected in ((viewer, 200), (member, 403), (inactive, 401)):
        bearer = {"Authorization": f"Bearer {person.token}"}
        assert [status(headers) for headers in (person.headers, bearer, basic(person))] == [expected] * 3
    for value in ("", "Basic", "Basic ", "Basic x", "Basic Og==", "Basic 4pyT", f"Basic {viewer.token}"):
        assert status({"Authorization": value}) == 401, value
    wrong = base64.b64encode(f"{member.headers['X-User-Id']}:{viewer.token}".encode()).decode()
    assert status({"Authorization": f"Basic {wrong}"}) == 401
    assert Client().post(path, headers=viewer.headers).status_code == 405


def test_the_format_follows_the_accept_header(snapshot: Snapshot, viewer: Person) -> None:
    plain = Client().get("/metrics", headers=viewer.headers)
    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    accepted = {"Accept": "application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5"}
    openmetrics = Client().get("/metrics", headers={**viewer.headers, **accepted})
    assert openmetrics.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = {family.name: family for family in parse_openmetrics(openmetrics.content.decode())}
    assert families["statistics_uploads_size_bytes"].unit == "bytes"
    assert families["statistics_api_responses"].type == "counter"
    assert {family.type for family in families.values()} == {"gauge", "counter", "info"}


@pytest.mark.usefixtures("with_prometheus")
def test_the_metrics_follow_the_conventions_of_prometheus(snapshot: Snapshot) -> None:
    FailedTask.objects.record("statistics_app.prune_statistics", timezone.now(), "error")
    TallyAudit.objects.create(began_at=timezone.now(), took_ms=1)
    Instance.objects.all().beat("one", host='a "quoted\\host', pid=7, responses={"200": 5})
    assert promtool("check", "metrics", given=exposition("")[0].decode()) == ""


@pytest.mark.slow
@pytest.mark.usefixtures("with_prometheus")
@pytest.mark.parametrize("kind", ["bearer", "basic"])
def test_prometheus_scrapes_the_server(running: Programs, viewer: Person, tmp_path: Path, kind: str) -> None:
    assert viewer.user
    make_messages(make_room(), 5)
    generation.generate(Origin.COMMAND)
    _, url = running.web()
    credentials: dict[str, dict[str, Any]] = {
        "bearer": {"authorization": {"credentials": viewer.token}},
        "basic": {"basic_auth": {"username": viewer.user.pk, "password": viewer.token}},
    }
    prometheus = Prometheus(tmp_path / "prometheus", url.removeprefix("http://"), PATHS[0], credentials[kind], (RULES,))
    program = prometheus.start()
    try:
        prometheus.wait_for("sum_over_time(up[5m]) >= 3")
        assert prometheus.values("statistics_messages")[(("kind", "channel"),)] == 5
        assert prometheus.values("sum(statistics_messages)") == {(): 5}
        prometheus.wait_for('statistics_api_responses_total{code="200"} >= 3')
        for query in expressions():
            assert prometheus.get("query", query=query)["resultType"] == "vector", query
    finally:
        program.stop()
