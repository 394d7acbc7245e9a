"""The contract's table of errors: the status and body of each row, which is always JSON."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from statistics_app.models import Snapshot
from statistics_app.sources.base import ChatSource
from tests.conftest import PASSWORD, Person
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = "application/x-www-form-urlencoded"
NOT_FOUND = b'{"success":false,"error":"Resource not found"}'
UNAVAILABLE = b'{"success":false,"error":"Service Unavailable"}'
FAILED = b'{"success":false,"error":"Internal server error"}'
UNKNOWN = ["", "v1", "v1/", "v1/users.list", "v1/statistics//", "v1/Statistics", "v2/statistics", "statistics", "v1/login/x"]
UNKNOWN += ["v1/statistics.list.json", "v1/statistics%0A", "v1/statisticsXlist", "v1/%00", "v1/%FF", "v1/info.json?x=1"]
CODECS = ["hex", "base64", "rot13", "undefined", "utf-16", "utf-7", "idna", "punycode", "no-such-codec", "x" * 500]


class BrokenSource(ChatSource):
    """A source whose constructor fails."""

    def __init__(self, at: datetime) -> None:
        raise RuntimeError("The secret of this installation is 42.")


def post(path: str, body: str | bytes, content_type: str = "application/json", **headers: str) -> Any:
    return Client(raise_request_exception=False).generic("POST", f"/api/v1/{path}", body, content_type, headers=headers)


def call(url: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes, str]:
    """Send a request to a live server, and return the status, the body and the media type."""
    try:
        with urlopen(Request(f"{url}/api/v1/{path}", method=method, headers=headers), timeout=30) as response:
            return response.status, response.read(), response.headers["Content-Type"]
    except HTTPError as error:
        with error:
            return error.code, error.read(), error.headers["Content-Type"]


def require_invalid(response: Any, status: int = 400) -> None:
    """Assert that a response is the error for an invalid parameter or body."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    document = response.json()
    assert document.keys() == {"success", "errorType", "error"}
    assert (document["success"], document["errorType"]) == (False, "error-invalid-params")
    assert isinstance(document["error"], str)
    assert document["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"user=member",
        b"{'user': 'member'}",
        b'{"user":"member"}{}',
        b'{"user":"member",}',
        b'{"user":NaN}',
        b'{"user":-Infinity}',
        b'{"user":"a\0b"}',
        b'{"user":"a\\u0000b","password":"x"}',
        b'{"us\\u0000er":"a"}',
        b'{"user":"\\ud800","password":"x"}',
        b'{"user":{"username":"\\udfff"},"password":"x"}',
        b'{"user":"\xff","password":"x"}',
        b'{"user":"\xed\xa0\x80","password":"x"}',
        '{"user":"member","password":"x"}'.encode("utf-16"),
        '{"user":"member","password":"x"}'.encode("utf-32-be"),
        b"\xff\xfe",
        b'{"n":' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b"[" * 500 + b"]" * 500,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"[]",
        b"1",
        b'"member"',
        b"true",
        b"1e400",
    ],
    ids=lambda body: repr(body[:30]),
)
@pytest.mark.parametrize("path", ["login", "logout"])
def test_a_body_that_is_not_a_json_object_is_refused(member: Person, path: str, body: bytes) -> None:
    require_invalid(post(path, body, **member.headers))
    assert member.get("me").status_code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "text/html", "application/xml", "application/vnd.api+json", "x", ";", "é/é"]
)
def test_another_media_type_is_refused(member: Person, content_type: str) -> None:
    for path in ("login", "logout"):
        require_invalid(post(path, b'{"user":"member"}', content_type, **member.headers), 415)
    assert member.get("me").status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", FORM, "multipart/form-data; boundary=x"])
def test_a_body_that_is_too_large_is_refused(member: Person, settings: Settings, content_type: str) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    bodies = {
        "application/json": json.dumps({"user": "x" * 2000, "password": "x"}),
        FORM: f"user={'x' * 2000}&password=x",
    }
    part = '--x\r\nContent-Disposition: form-data; name="user"\r\n\r\n' + "x" * 2000 + "\r\n--x--\r\n"
    for path in ("login", "logout"):
        require_invalid(post(path, bodies.get(content_type, part), content_type, **member.headers), 413)
    assert member.get("me").status_code == 200


def test_a_form_with_too_many_fields_is_refused() -> None:
    require_invalid(post("login", "&".join(f"f{number}=1" for number in range(2000)), FORM))


@pytest.mark.parametrize(
    "body", ["user=%00&password=x", "user=%FF&password=x", "user=member&password=%ED%A0%80", "resume=a%00b"]
)
def test_a_form_with_nul_or_invalid_utf_8_is_refused(member: Person, body: str) -> None:
    require_invalid(post("login", body, FORM))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"--x", b"no boundary here", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--"),
        # Invalid header parameters of parts (RFC 2231): one without a number, an unknown charset, and a failing codec.
        *(b"--x\r\nA: b;%s\r\n\r\n\r\n--x--" % parameters for parameters in (b"a*=;a*1=", b"a*=nosuch''x", b"a*=idna''a")),
    ],
)
@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\0"]
)
def test_a_broken_multipart_body_is_refused(body: bytes, content_type: str) -> None:
    require_invalid(post("login", body, content_type))


@pytest.mark.parametrize("header", ["X-User-Id", "X-Auth-Token", "User-Agent", "Cookie", "X-Anything"])
@pytest.mark.parametrize("value", ["a\0b", "\xff", "\xe9t\xe9", "\xed\xa0\x80", "\xc0\x80"])
def test_nul_or_invalid_utf_8_in_a_header_is_refused(viewer: Person, header: str, value: str) -> None:
    for path in ("statistics", "me", "info"):
        require_invalid(Client().get(f"/api/v1/{path}", headers={**viewer.headers, header: value}))
    require_invalid(post("login", json.dumps({"user": "viewer", "password": PASSWORD}), **{header: value}))


@pytest.mark.parametrize("query", ["x=%00", "refresh=%00", "%FF=1", "x=%ED%A0%80", "count=\xff", "sort=%c0%80", "x=a+%00"])
def test_nul_or_invalid_utf_8_in_the_query_string_is_refused(viewer: Person, query: str) -> None:
    for path in ("statistics", "statistics.list", "me", "info"):
        client = Client(raise_request_exception=False)
        require_invalid(client.get(f"/api/v1/{path}", QUERY_STRING=query, headers=viewer.headers))
    assert not Snapshot.objects.exists()


@pytest.mark.slow
def test_no_declared_charset_causes_a_failure(running: Programs, viewer: Person) -> None:
    _, url = running.web()
    for kind, codec in product(("application/json", FORM), CODECS):
        headers = {**viewer.headers, "Content-Type": f"{kind}; charset={codec}"}
        for method, path in (("GET", "statistics?refresh=0"), ("GET", "me?x=1"), ("POST", "login")):
            status, _, media_type = call(url, method, path, headers)
            assert (status in {200, 400, 415}, media_type) == (True, "application/json"), (method, path, codec)


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("who", ["stranger", "member", "viewer"])
def test_an_unknown_path_is_a_json_404_for_anyone_by_any_method(request: pytest.FixtureRequest, who: str, path: str) -> None:
    headers = request.getfixturevalue(who).headers
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
        response = Client().generic(method, f"/api/{path}", "no JSON" if method == "POST" else "", headers=headers)
        assert (response.status_code, response.content) == (404, NOT_FOUND), method
        assert response.headers["Content-Type"] == "application/json"
        assert not {"Allow", "Location"} & set(response.headers)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("statistics", "GET, HEAD, POST"),
        ("statistics.list", "GET, HEAD"),
        ("login", "POST"),
        ("logout", "GET, POST"),
        ("me", "GET, HEAD"),
        ("info", "GET, HEAD"),
    ],
)
def test_a_wrong_method_gets_the_allowed_ones(viewer: Person, path: str, allowed: str) -> None:
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} - set(allowed.split(", "))
    for method in sorted(methods):
        response = viewer.call(method, path)
        assert (response.status_code, response.headers["Allow"]) == (405, allowed), method
        document = response.json()
        assert list(document) == ["status", "message", "success", "error"]
        assert (document["status"], document["message"]) == ("error", "API endpoint does not exist")
        assert document["success"] is False
        assert isinstance(document["error"], str)
    assert viewer.get("me").status_code == 200


@contextmanager
def database_unavailable() -> Iterator[None]:
    """Make every new connection fail."""
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "/nowhere/at/all"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


@pytest.mark.django_db(transaction=True)
def test_an_unavailable_database_is_a_503_with_retry_after(viewer: Person) -> None:
    calls = [("GET", path) for path in ("statistics", "statistics?refresh=true", "statistics.list", "me", "logout")]
    with database_unavailable():
        for method, path in [*calls, ("POST", "login")]:
            response = viewer.call(method, path, json.dumps({"user": "viewer", "password": PASSWORD}))
            assert (response.status_code, response.content) == (503, UNAVAILABLE), path
            assert int(response.headers["Retry-After"]) > 0
        assert Client().get("/api/v1/info").status_code == 200
        assert Client().get("/api/v1/nothing").status_code == 404
    assert viewer.get("statistics").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "me"), ("GET", "statistics"), ("GET", "statistics?refresh=true"), ("POST", "login")]
)
def test_the_details_of_an_unexpected_error_are_only_logged(
    viewer: Person, settings: Settings, caplog: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.BrokenSource"}
    response = viewer.call(method, path, json.dumps({"user": "viewer", "password": PASSWORD}))
    assert (response.status_code, response.content) == (500, FAILED)
    assert response.headers["Content-Type"] == "application/json"
    (record,) = [record for record in caplog.records if record.name.startswith("statistics_app")]
    assert record.levelno == logging.ERROR
    assert "The secret of this installation is 42." in caplog.text
    assert "Traceback" in caplog.text


HOSTILE = """
from tests.settings import *
DEBUG = True
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FileUploadParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle", "rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day", "user": "1/day"},
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "rest_framework.negotiation.DefaultContentNegotiation",
    "DEFAULT_VERSION": "9",
    "ALLOWED_VERSIONS": ["9"],
    "EXCEPTION_HANDLER": "nowhere.at_all",
    "URL_FORMAT_OVERRIDE": "refresh",
    "COMPACT_JSON": False,
    "STRICT_JSON": False,
    "UNICODE_JSON": False,
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": "builtins.object",
}
"""


@pytest.mark.slow
def test_the_hosts_rest_framework_settings_change_nothing(running: Programs, viewer: Person, tmp_path: Path) -> None:
    (tmp_path / "hostile_settings.py").write_text(HOSTILE)
    path = f"{tmp_path}:{ROOT}"
    _, url = running.web(DJANGO_SETTINGS_MODULE="hostile_settings", PYTHONPATH=path)

    for method, name, headers in (
        *(("GET", name, viewer.headers) for name in ("me", "statistics", "statistics?refresh=0", "statistics.list", "nothing")),
        *((method, "statistics", {}) for method in ("GET", "OPTIONS", "DELETE")),
        *((method, "statistics", viewer.headers) for method in ("POST", "OPTIONS", "BREW")),
        *(("POST", "login", {"Content-Type": kind}) for kind in ("text/plain", "application/json")),
        *(("GET", name, {}) for name in ("info", "info", "me", "logout", "statistics.list")),
    ):
        expected = Client().generic(method, f"/api/v1/{name}", headers=headers)
        actual = call(url, method, name, {"Accept": "text/html", **headers})
        assert actual == (expected.status_code, expected.content, "application/json"), (method, name)


@pytest.mark.parametrize("path", ["/api", "//api/v1/statistics", "//api//v1/statistics", "/api//v1/me"])
def test_a_doubled_slash_or_the_bare_mount_is_an_unknown_path(viewer: Person, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        # The client would take what follows two slashes for a host.
        response = Client().generic(method, "/", headers=viewer.headers, PATH_INFO=path)
        assert (response.status_code, response.content) == (404, NOT_FOUND)
        assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_page_of_the_api_refuses_other_methods_in_json(method: str) -> None:
    response = Client().generic(method, "/api/v1/docs")
    assert (response.status_code, response.headers["Content-Type"]) == (405, "application/json")
    assert response.headers["Allow"] == "GET, HEAD"
    assert response.json()["message"] == "API endpoint does not exist"
