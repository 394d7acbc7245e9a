"""Errors that Django itself reports: JSON below the API's mount, and pages elsewhere."""

import http.client
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.test import AsyncClient, Client
from pytest_django import Settings

from tests.conftest import Person
from tests.services.programs import Programs

from .test_errors import FAILED, NOT_FOUND, UNAVAILABLE, database_unavailable

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MALFORMED = b'{"success":false,"errorType":"error-invalid-params","error":"The request is malformed."}'
NOT_ALLOWED = b'{"success":false,"error":"error-not-allowed","errorType":"error-not-allowed"}'
BELOW = [
    "/api/v1/statistics",
    "/api/v1/info/",
    "/api/info",
    "/api/v1/nothing",
    "/api/",
    "/api",
    "/api/v1/schema",
]
PAGES = ["/", "/statistics/", "/nowhere/", "/admin/", "/apis/v1/statistics"]
SECRET = "The secret of this installation is 42."
BAD_HOSTS = ["evil.example", "localhost.evil.example", "a b", "[::", "x_y", "", "evil.example:80", "\xff"]

Answers = Callable[[HttpRequest], HttpResponseBase]


def raising(error: Exception) -> Callable[[Answers], Answers]:
    """Return a middleware that raises this error for every request."""

    def middleware(get_response: Answers) -> Answers:
        def answer(request: HttpRequest) -> HttpResponseBase:
            raise error

        return answer

    return middleware


broken = raising(RuntimeError(SECRET))
forbidding = raising(PermissionDenied(SECRET))
not_finding = raising(Http404(SECRET))
rejecting = raising(BadRequest(SECRET))
suspecting = raising(SuspiciousOperation(SECRET))


def querying(get_response: Answers) -> Answers:
    """A middleware that queries the database for every request."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        get_user_model()._default_manager.exists()
        return get_response(request)

    return answer


def use(settings: Settings, middleware: Callable[[Answers], Answers], position: int = 0) -> None:
    """Insert a middleware into the host's list."""
    name = next(name for name, value in globals().items() if value is middleware)
    rest = settings.MIDDLEWARE
    settings.MIDDLEWARE = [*rest[:position], f"{__name__}.{name}", *rest[position:]]


def get(path: str, **headers: str) -> Any:
    """Return the response to a GET of any path."""
    return Client(raise_request_exception=False).get(path, headers=headers)


def require_page(response: Any, status: int) -> None:
    """Assert that a response is a page without details of the error."""
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    assert b"<h1>" in response.content
    assert SECRET.encode() not in response.content


def require_json(response: Any, status: int, body: bytes) -> None:
    """Assert that a response is exactly this error of the API."""
    assert (response.status_code, response.content) == (status, body)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_an_unknown_host_is_a_bad_request_and_logged_once_at_most(host: str, caplog: pytest.LogCaptureFixture) -> None:
    for path in BELOW:
        require_json(get(path, Host=host), 400, MALFORMED)
    for path in PAGES:
        require_page(get(path, Host=host), 400)
    assert len(caplog.records) <= 1
    assert all(record.exc_info is None and "HTTP_HOST" in record.getMessage() for record in caplog.records)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("start", [Programs.web, Programs.asgi])
def test_a_bad_host_over_http(running: Programs, viewer: Person, start: Callable[[Programs], Any]) -> None:
    program, url = start(running)

    def call(method: str, path: str, host: str) -> tuple[int, str | None, bytes]:
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
            connection.request(method, path, headers={**viewer.headers, "Host": host})
            response = connection.getresponse()
            return response.status, response.headers["Content-Type"], response.read()

    # No host is the first allowed one, and granian passes on one that is not ASCII as none.
    for host in (host for host in BAD_HOSTS if host.isascii() and host):
        for path in BELOW:
            for method in ("GET", "POST", "DELETE"):
                assert call(method, path, host) == (400, "application/json", MALFORMED), (method, path, host)
            assert call("HEAD", path, host) == (400, "application/json", b"")
        assert call("GET", "/statistics/", host)[:2] == (400, "text/html; charset=utf-8")
    assert call("GET", "/api/v1/me", "localhost")[0] == 200
    log = program.log.read_text()
    assert 0 < log.count("Invalid HTTP_HOST") < len(BAD_HOSTS)
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/apis/", "/statistics/nowhere/", "/api.html", "/v1/statistics", "/static/x.css"]
)
def test_an_unknown_path_is_a_page_outside_the_mount(path: str) -> None:
    require_page(get(path), 404)


@pytest.mark.parametrize(
    ("middleware", "status", "body"),
    [
        (broken, 500, FAILED),
        (forbidding, 403, NOT_ALLOWED),
        (not_finding, 404, NOT_FOUND),
        (rejecting, 400, MALFORMED),
        (suspecting, 400, MALFORMED),
    ],
    ids=["broken", "forbidding", "not_finding", "rejecting", "suspecting"],
)
@pytest.mark.parametrize("position", [0, 4, 8])
def test_what_a_middleware_raises_is_json_below_the_mount_and_a_page_elsewhere(
    settings: Settings, middleware: Callable[[Answers], Answers], status: int, body: bytes, position: int
) -> None:
    use(settings, middleware, position)
    for path in BELOW:
        require_json(get(path), status, body)
    for path in PAGES:
        require_page(get(path), status)


def test_a_failing_middleware_is_logged(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    use(settings, broken)
    get("/api/v1/info")
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None
    assert SECRET in caplog.text


@pytest.mark.parametrize("status", [403, 400])
def test_what_a_middleware_forbids_has_the_status_that_the_host_chose(settings: Settings, status: int) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "DENIED_STATUS": status}
    use(settings, forbidding)
    require_json(get("/api/v1/statistics"), status, NOT_ALLOWED)
    require_page(get("/statistics/"), 403)


@pytest.mark.django_db(transaction=True)
def test_an_unavailable_database_in_a_middleware_is_a_503_below_the_mount(settings: Settings) -> None:
    use(settings, querying)
    with database_unavailable():
        for path in BELOW:
            response = get(path)
            require_json(response, 503, UNAVAILABLE)
            assert int(response.headers["Retry-After"]) > 0
        require_page(get("/nowhere/"), 503)
    assert get("/api/v1/info").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_errors_are_the_same_with_asynchronous_requests(settings: Settings) -> None:
    def get(path: str, **headers: str) -> Any:
        return async_to_sync(AsyncClient(raise_request_exception=False).get)(path, headers=headers)

    require_json(get("/api/v1/info", Host="evil.example"), 400, MALFORMED)
    use(settings, querying)
    with database_unavailable():
        require_json(get("/api/v1/info"), 503, UNAVAILABLE)
    use(settings, broken)
    require_json(get("/api/v1/info"), 500, FAILED)
    require_page(get("/statistics/"), 500)


def test_a_form_without_a_csrf_token_gets_a_page_and_the_api_needs_none(viewer: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    require_page(client.post("/statistics/sign-in/", {"username": "viewer"}), 403)
    require_page(client.post("/admin/login/", {"username": "viewer"}), 403)
    for path in ("login", "logout", "nothing", "users.generatePersonalAccessToken"):
        response = client.post(f"/api/v1/{path}", {}, "application/json", headers={"Origin": "https://evil.example"})
        assert response.status_code in {400, 401, 404}
        assert response.headers["Content-Type"] == "application/json"
