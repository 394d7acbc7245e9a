"""`statistics`: when it refreshes, what it ignores, and its response."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from statistics_app.models import Snapshot
from statsproject.chat.models import Message
from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def first(viewer: Person) -> Any:
    """The response to the first request, which does not ask for a refresh."""
    return viewer.get("statistics")


@pytest.mark.parametrize("value", ["true", "True", "1"])
def test_true_refreshes(viewer: Person, first: Any, value: str) -> None:
    refreshed = viewer.get("statistics", refresh=value)
    assert refreshed.status_code == 200
    assert refreshed.json()["_id"] != first.json()["_id"]
    assert Snapshot.objects.count() == 2


@pytest.mark.parametrize("value", ["false", "False", "0"])
def test_false_does_not_refresh(viewer: Person, first: Any, value: str) -> None:
    assert viewer.get("statistics", refresh=value).content == first.content


@pytest.mark.parametrize("value", ["", " ", "yes", "TRUE", "tRue", "2", "-1", "null", "true ", "1.0", "on", "ja" * 500])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_value_of_refresh_is_refused(viewer: Person, method: str, value: str) -> None:
    response = Client().generic(method, "/api/v1/statistics", QUERY_STRING=f"refresh={value}", headers=viewer.headers)
    assert response.status_code == 400
    assert response.json().keys() == {"success", "errorType", "error"}
    assert response.json()["success"] is False
    assert response.json()["errorType"] == "error-invalid-params"
    assert "'refresh'" in response.json()["error"]
    assert len(response.content) < 300
    assert not Snapshot.objects.exists()


def test_the_first_plain_request_takes_the_first_snapshot(first: Any) -> None:
    assert first.status_code == 200
    assert first.json()["_id"] == Snapshot.objects.get().pk
    assert first.json()["success"] is True


def test_the_second_plain_request_takes_none(viewer: Person, first: Any) -> None:
    assert viewer.get("statistics").content == first.content
    assert Snapshot.objects.count() == 1


def test_the_body_is_compact_json_that_ends_with_success(first: Any) -> None:
    assert first.content == Snapshot.objects.get().body.encode()
    assert first.content.endswith(b',"success":true}')
    assert b": " not in first.content[:100]


def test_a_plain_request_counts_nothing(viewer: Person) -> None:
    def queries_messages(**parameters: str) -> bool:
        with CaptureQueriesContext(connection) as queries:
            viewer.get("statistics", **parameters)
        return any(Message._meta.db_table in query["sql"] for query in queries)

    assert queries_messages(refresh="true")
    assert not queries_messages()


def test_the_headers_of_a_response(viewer: Person) -> None:
    for parameters, caching in (({}, "private, no-cache"), ({"refresh": "true"}, "no-store")):
        response = viewer.get("statistics", **parameters)
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Cache-Control"] == caching
        assert not {"Allow", "Location", "Set-Cookie", "WWW-Authenticate"} & set(response.headers)


def test_head_has_the_content_length_and_refreshes_nothing(viewer: Person, first: Any) -> None:
    for query in ("", "?refresh=true", "?refresh=1"):
        response = viewer.call("HEAD", f"statistics{query}")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["Content-Length"] == first.headers["Content-Length"] == str(len(first.content))
        assert response.headers["Content-Type"] == "application/json"
    assert Snapshot.objects.count() == 1


@pytest.mark.slow
def test_head_sends_no_body_over_http(running: Programs, viewer: Person) -> None:
    _, url = running.web()
    length = len(viewer.get("statistics").content)
    host = urlsplit(url)
    lines = ["HEAD /api/v1/statistics?refresh=true HTTP/1.1", f"Host: {host.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in viewer.headers.items()]
    with socket.create_connection((host.hostname, host.port), timeout=30) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        head, _, body = b"".join(iter(lambda: wire.recv(65536), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert f"content-length: {length}" in head.decode().lower().splitlines()
    assert body == b""
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("body", ["", "{}", "null"])
def test_post_returns_the_same_as_get(viewer: Person, first: Any, body: str, content_type: str) -> None:
    posted = viewer.call("POST", "statistics", body, content_type)
    assert (posted.status_code, posted.content) == (200, first.content)


def test_post_refreshes_on_request(viewer: Person, first: Any) -> None:
    refreshed = viewer.call("POST", "statistics?refresh=true")
    assert refreshed.json()["_id"] != first.json()["_id"]
    assert viewer.get("statistics").content == refreshed.content


def test_the_api_needs_no_csrf_token(viewer: Person, first: Any) -> None:
    posted = Client(enforce_csrf_checks=True).post("/api/v1/statistics", headers=viewer.headers)
    assert posted.content == first.content


@pytest.mark.parametrize(
    "query", ["?", "?x=1", "?REFRESH=true", "?refresh[]=true", "?format=api", "?_=123&count=x", "?&&=", "?%E2%82%AC=1"]
)
def test_unknown_parameters_are_ignored(viewer: Person, first: Any, query: str) -> None:
    assert viewer.call("GET", f"statistics{query}").content == first.content


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml;q=0.9", "image/png", "nonsense", ";;", "", "application/json; v=2"]
)
def test_accept_is_ignored(viewer: Person, first: Any, accept: str) -> None:
    response = Client().get("/api/v1/statistics", headers={**viewer.headers, "Accept": accept})
    assert (response.status_code, response.content) == (200, first.content)
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("body", ["", "null", "{}", "no JSON"])
@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "text/plain", "x"])
def test_a_body_or_a_content_type_on_get_is_ignored(viewer: Person, first: Any, body: str, content_type: str) -> None:
    response = Client().generic(
        "GET", "/api/v1/statistics", body, content_type, headers=viewer.headers, CONTENT_TYPE=content_type
    )
    assert (response.status_code, response.content) == (200, first.content)


def test_credentials_are_checked_before_the_method(stranger: Person) -> None:
    assert [stranger.call(method, "statistics").status_code for method in ("PUT", "DELETE", "OPTIONS", "BREW")] == [401] * 4


def test_permission_is_checked_before_the_method(member: Person) -> None:
    assert [member.call(method, "statistics").status_code for method in ("PUT", "DELETE", "OPTIONS", "BREW")] == [403] * 4


def test_credentials_and_permission_are_checked_before_the_parameters(stranger: Person, member: Person) -> None:
    assert stranger.get("statistics", refresh="nonsense").status_code == 401
    assert member.get("statistics", refresh="nonsense").status_code == 403
    assert member.get("statistics.list", count="nonsense").status_code == 403


def test_the_method_is_checked_before_the_parameters(viewer: Person) -> None:
    assert viewer.call("DELETE", "statistics?refresh=nonsense").status_code == 405


@pytest.mark.parametrize("who", ["stranger", "member", "inactive"])
def test_a_refused_request_takes_no_snapshot(request: pytest.FixtureRequest, who: str) -> None:
    request.getfixturevalue(who).get("statistics", refresh="true")
    request.getfixturevalue(who).get("statistics")
    assert not Snapshot.objects.exists()
