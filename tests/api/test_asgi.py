"""The API over an ASGI server."""

import http.client
import json
from contextlib import closing
from itertools import product
from urllib.parse import urlsplit

import pytest
import requests

from tests.conftest import PASSWORD, Person
from tests.services.programs import Programs

from .test_errors import CODECS, FORM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.slow]

MULTIPART = "multipart/form-data; boundary=x"
BODIES = {
    "application/json": json.dumps({"user": "viewer", "password": PASSWORD}),
    FORM: f"user=viewer&password={PASSWORD.replace(' ', '+')}",
    MULTIPART: "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("user", "viewer"), ("password", PASSWORD))
    )
    + "--x--\r\n",
}


@pytest.fixture
def url(running: Programs) -> str:
    """The URL of an ASGI server without throttles for logins and reads."""
    return running.asgi(STATISTICS_THROTTLE_LOGIN="", STATISTICS_THROTTLE_LOGIN_ADDRESS="", STATISTICS_THROTTLE_READ="")[1]


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_is_utf_8_whatever_charset_the_client_declares(url: str, viewer: Person, kind: str) -> None:
    for charset in ("", "; charset=utf-8", *(f"; charset={codec}" for codec in CODECS)):
        response = requests.post(f"{url}/api/v1/login", BODIES[kind], headers={"Content-Type": kind + charset}, timeout=30)
        assert response.headers["Content-Type"] == "application/json", charset
        assert response.status_code == 200, (charset, response.text)


def test_no_declared_charset_causes_a_failure(url: str, viewer: Person) -> None:
    calls = [("GET", "statistics?refresh=0"), ("GET", "me?x=%C3%A9"), ("POST", "statistics"), ("POST", "logout")]
    for kind, codec, (method, path) in product(BODIES, CODECS, calls):
        headers = {"Content-Type": f"{kind}; charset={codec}"} | (viewer.headers if path != "logout" else {})
        response = requests.request(method, f"{url}/api/v1/{path}", headers=headers, timeout=30)
        expected = 401 if path == "logout" else 200
        assert (response.status_code, response.headers["Content-Type"]) == (expected, "application/json"), (kind, codec, path)


@pytest.mark.parametrize("query", ["x=%FF", "x=%00", "x=%ED%A0%80", "refresh=%C0%80"])
def test_nul_or_invalid_utf_8_in_the_query_string_is_refused(url: str, viewer: Person, query: str) -> None:
    for path in ("statistics", "info"):
        response = requests.get(f"{url}/api/v1/{path}?{query}", headers=viewer.headers, timeout=30)
        assert (response.status_code, response.json()["errorType"]) == (400, "error-invalid-params")


@pytest.mark.parametrize("value", [b"\xff", b"\xe9t\xe9", b"\xed\xa0\x80"])
def test_invalid_utf_8_in_a_header_is_refused(url: str, viewer: Person, value: bytes) -> None:
    for name in ("X-User-Id", "X-Anything", "Cookie"):
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
            connection.request("GET", "/api/v1/info", headers={name: value})
            response = connection.getresponse()
            assert (response.status, json.loads(response.read())["errorType"]) == (400, "error-invalid-params")


def test_a_session_from_login_to_logout(url: str, viewer: Person) -> None:
    kind = {"Content-Type": "application/json"}
    data = requests.post(f"{url}/api/v1/login", BODIES["application/json"], headers=kind, timeout=30).json()["data"]
    headers = {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}

    def get(path: str) -> requests.Response:
        return requests.get(f"{url}/api/v1/{path}", headers=headers, timeout=60)

    assert get("me").json()["username"] == "viewer"
    refreshed = get("statistics?refresh=true")
    assert get("statistics/").content == refreshed.content
    assert get("statistics.list").json()["total"] == 1
    assert get("logout").status_code == 200
    assert get("me").status_code == 401
