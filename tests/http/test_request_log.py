"""What log messages say of a request, and what they never say."""

import json
import logging
from typing import Any

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from statistics_app.http.request_log import OncePerMinute, RequestFilter
from statistics_app.snapshots import generation
from statsproject.chat.statistics_source import WorkspaceSource
from tests.conftest import PASSWORD, Person
from tests.services.programs import Programs

pytestmark = pytest.mark.django_db(transaction=True)

HERE = __name__
IDS = {"9f86d081884c7d659a2feaa0c55ad015": True, "a.b_c-1": True, "x" * 65: False, "a b": False, "a\nb": False, "": False}


class TalkingSource(WorkspaceSource):
    """A source that logs while it answers."""

    def threads(self) -> int:
        logging.getLogger(HERE).warning("asked")
        return 0

    def me(self, user: Any) -> dict[str, Any]:
        logging.getLogger(HERE).warning("asked")
        return super().me(user)


@pytest.fixture
def records(settings: Settings) -> Any:
    """The records that the source's logger has made, with what the filter adds."""

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record)

    found: list[logging.LogRecord] = []
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{HERE}.TalkingSource"}
    handler = Collector()
    handler.addFilter(RequestFilter())
    logger = logging.getLogger(HERE)
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)


@pytest.mark.parametrize(("given", "is_kept"), IDS.items(), ids=range(len(IDS)))
def test_the_id_of_a_request_is_taken_over_if_it_is_one(viewer: Person, records: list[Any], given: str, is_kept: bool) -> None:
    response = Client().get("/api/v1/me", headers={**viewer.headers, "X-Request-ID": given})
    request_id = response.headers["X-Request-ID"]
    assert (request_id == given) == is_kept
    [record] = records
    assert (record.request_id, record.user_id) == (request_id, str(viewer.headers["X-User-Id"]))
    assert record.request == f" (request {request_id}, user {record.user_id})"


def test_every_request_has_its_own_id(viewer: Person) -> None:
    assert len({viewer.get("me").headers["X-Request-ID"] for _ in range(3)}) == 3
    assert Client().get("/nothing").headers["X-Request-ID"]


def test_outside_of_a_request_there_is_no_id(records: list[Any], viewer: Person) -> None:
    viewer.get("me")
    records.clear()
    generation.generate(generation.Origin.COMMAND)
    assert {(record.request_id, record.user_id, record.request) for record in records} == {(None, None, "")}


def test_what_any_client_can_cause_is_logged_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("statistics_app.http.request_log.time.monotonic", lambda: now[0])
    once = OncePerMinute()

    def message() -> str | None:
        record = logging.makeLogRecord({"msg": "Refused %s.", "args": ("x",), "exc_info": (ValueError, ValueError(), None)})
        return record.getMessage() if once.filter(record) and record.exc_info is None else None

    assert [message() for _ in range(4)] == ["Refused x.", None, None, None]
    now[0] += 60
    assert message() == "Refused x. (3 more like this were not logged.)"
    now[0] += 60
    assert message() == "Refused x."


@pytest.mark.slow
def test_a_server_logs_json_without_secrets(running: Programs, viewer: Person) -> None:
    program, url = running.web(LOG_FORMAT="json", STATISTICS_THROTTLE_LOGIN="")
    headers = {**viewer.headers, "X-Request-ID": "the-request"}
    snapshot = requests.get(f"{url}/api/v1/statistics?refresh=true", headers=headers, timeout=60).json()
    for _ in range(30):
        requests.post(f"{url}/api/v1/login", json={"user": "viewer", "password": f"{PASSWORD}-wrong"}, timeout=60)
    for host in ("evil.example", "other.example"):
        assert requests.get(f"{url}/api/info", headers={**viewer.headers, "Host": host}, timeout=60).status_code == 400
    program.stop()
    lines = [json.loads(line) for line in program.log.read_text().splitlines() if line.startswith("{")]
    [taken] = [line for line in lines if line.get("snapshot")]
    assert (taken["snapshot"], taken["request_id"], taken["user_id"]) == (
        snapshot["_id"],
        "the-request",
        viewer.headers["X-User-Id"],
    )
    assert {"time", "level", "logger", "message"} <= taken.keys()
    [refused] = [line for line in lines if line["logger"] == "django.security.DisallowedHost"]
    assert "evil.example" in refused["message"]
    assert [line for line in lines if "Too many failed logins" in line["message"]]
    for secret in (viewer.token, PASSWORD):
        assert secret not in program.log.read_text()
