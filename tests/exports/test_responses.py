"""Exported files from real servers: complete, or an error before the first byte; and never too many at once."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from statistics_app.exports.formats import FORMATS
from statistics_app.exports.responses import MOST_AT_ONCE, file_response
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
servers = pytest.mark.parametrize("server", ["web", "asgi", "gunicorn"])
EXPORT = "/api/v1/statistics.export"
MANY = 3000


def add_snapshots(number: int) -> None:
    """Store so many snapshots, each a copy of one that was just taken."""
    one = generation.generate(Origin.COMMAND)
    Snapshot.objects.bulk_create(
        Snapshot(created_at=timezone.now(), origin=one.origin, took_ms=1, host=one.host, body=one.body)
        for _ in range(number - 1)
    )


@pytest.fixture
def held() -> Iterator[list[Any]]:
    """Responses that are being delivered, as many as there may be."""
    request = RequestFactory().get("/")
    responses = [file_response(request, FORMATS["csv"], iter([b"x"]), "x") for _ in range(MOST_AT_ONCE)]
    yield responses
    while responses:
        responses.pop().close()


@pytest.mark.slow
@servers
def test_the_length_is_known_and_the_file_is_whole(running: Programs, viewer: Person, server: str) -> None:
    add_snapshots(300)
    _, url = getattr(running, server)()
    for name in FORMATS:
        response = requests.get(
            f"{url}{EXPORT}?format={name}", headers={**viewer.headers, "Accept-Encoding": "identity"}, timeout=60
        )
        assert response.status_code == 200
        assert int(response.headers["Content-Length"]) == len(response.content)
        expected = b"".join(FORMATS[name].write_snapshots(Snapshot.objects.all().streamed()))
        assert response.content == expected


def export_while_sessions_end(url: str, viewer: Person) -> tuple[int, bytes]:
    """Return the status and the content of an export whose sessions are ended, unless it is over before."""
    ended = threading.Event()
    answers: list[tuple[int, bytes]] = []

    def export() -> None:
        response = requests.get(f"{url}{EXPORT}?format=openmetrics", headers=viewer.headers, timeout=120)
        answers.append((response.status_code, response.content))
        ended.set()

    threading.Thread(target=export, daemon=True).start()
    with connection.cursor() as cursor:
        while not ended.is_set():
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND query LIKE '%body%FROM%statistics_app_snapshot%'"
            )
            time.sleep(0.01)
    return answers[0]


@pytest.mark.slow
@pytest.mark.only_postgresql
@servers
def test_a_session_that_ends_on_the_way_is_an_error_and_no_short_file(running: Programs, viewer: Person, server: str) -> None:
    add_snapshots(MANY)
    _, url = getattr(running, server)()
    for _ in range(30):
        status, content = export_while_sessions_end(url, viewer)
        if status == 503:
            break
        assert content.endswith(b"# EOF\n")
    assert (status, json.loads(content)) == (503, {"success": False, "error": "Service Unavailable"})


def test_too_many_at_once_are_refused_in_words(held: list[Any], viewer: Person, admin_person: Person) -> None:
    generation.generate(Origin.COMMAND)
    response = viewer.get("statistics.export")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert response.json()["error"].startswith("Too many exports")
    page = viewer.browser().get("/statistics/snapshots/export/?format=json")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "Too many exports" in page.content.decode()
    action = {"action": "export_csv", "_selected_action": [Snapshot.objects.get().pk]}
    listed = admin_person.browser().post("/admin/statistics_app/snapshot/", action, follow=True)
    assert "Too many exports" in listed.content.decode()
    held.pop().close()
    exported = viewer.get("statistics.export")
    assert exported.status_code == 200
    exported.close()
    del exported
    for _ in range(2 * MOST_AT_ONCE):
        exported = viewer.get("statistics.export")
        assert b"".join(exported.streaming_content)
        exported.close()


def test_what_cannot_be_written_holds_no_place() -> None:
    def failing() -> Iterator[bytes]:
        yield b"x"
        raise OSError("no space")

    request = RequestFactory().get("/")
    for _ in range(2 * MOST_AT_ONCE):
        with pytest.raises(OSError, match="no space"):
            file_response(request, FORMATS["csv"], failing(), "x")


@pytest.mark.slow
@servers
def test_clients_that_do_not_read_do_not_stop_others(running: Programs, viewer: Person, server: str) -> None:
    add_snapshots(MANY)
    _, url = getattr(running, server)()
    parts = urlsplit(url)
    lazy = []
    for _ in range(3 * MOST_AT_ONCE):
        one = http.client.HTTPConnection(str(parts.hostname), int(parts.port or 0), timeout=60)
        one.request("GET", EXPORT, headers=viewer.headers)
        lazy.append(one)
    assert requests.get(f"{url}/api/v1/statistics", headers=viewer.headers, timeout=60).status_code == 200
    for one in lazy:
        one.close()
    deadline = time.monotonic() + 60
    while requests.get(f"{url}{EXPORT}?format=csv", headers=viewer.headers, timeout=60).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
