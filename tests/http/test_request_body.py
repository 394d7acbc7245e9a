"""Requests of which real servers lose a part: bodies without a length, bodies that nobody reads, requests without a host."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.conftest import PASSWORD, Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

JSON = {"Content-Type": "application/json"}
HOST = "chat.example"


@pytest.fixture(params=["web", "asgi", "gunicorn"])
def address(request: pytest.FixtureRequest, running: Programs) -> tuple[str, int]:
    """The address of a server that has only the name `chat.example`."""
    _, url = getattr(running, request.param)(ALLOWED_HOSTS=HOST)
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 0)


def in_chunks(body: bytes, size: int = 1000) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def answer(connection: http.client.HTTPConnection, path: str, body: object, headers: dict[str, str]) -> tuple[int, bytes]:
    """Send a POST, and return the status and the body of the response."""
    connection.request("POST", path, body=body, headers={"Host": HOST, **headers})  # type: ignore[arg-type]
    response = connection.getresponse()
    return response.status, response.read()


def test_a_body_in_chunks_is_read(address: tuple[str, int], viewer: Person) -> None:
    login = json.dumps({"user": "viewer", "password": PASSWORD}).encode()
    with closing(http.client.HTTPConnection(*address, timeout=60)) as connection:
        status, body = answer(connection, "/api/v1/login", in_chunks(login, 7), JSON)
        assert status == 200, body
        data = json.loads(body)["data"]
        credentials = {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}
        name = json.dumps({"tokenName": "chunks"}).encode()
        path = "/api/v1/users.generatePersonalAccessToken"
        assert answer(connection, path, in_chunks(name), {**JSON, **credentials})[0] == 200
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert answer(connection, "/api/v1/login", in_chunks(f"user=viewer&password={PASSWORD}".encode()), form)[0] == 200


@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_a_large_body_in_chunks_is_refused(address: tuple[str, int], viewer: Person, size: int) -> None:
    with closing(http.client.HTTPConnection(*address, timeout=60)) as connection:
        status, body = answer(connection, "/api/v1/login", in_chunks(b"[" + b" " * size + b"]", 50_000), JSON)
    assert (status, json.loads(body)["error"]) == (413, "The body is too large.")


def test_a_body_that_is_not_read_does_not_end_the_connection(address: tuple[str, int]) -> None:
    with closing(http.client.HTTPConnection(*address, timeout=60)) as connection:
        connection.connect()
        opened = connection.sock
        for _ in range(20):
            assert answer(connection, "/api/v1/users.generatePersonalAccessToken", b"x" * 100_000, JSON)[0] == 401
        assert connection.sock is opened


@pytest.mark.parametrize("head", [b"", b"Host:\r\n"], ids=["none", "empty"])
def test_a_request_without_a_host_is_served(address: tuple[str, int], head: bytes) -> None:
    for path, status in ((b"/api/info", b"200"), (b"/statistics/sign-in/", b"200")):
        with closing(socket.create_connection(address, timeout=60)) as connection:
            connection.sendall(b"GET " + path + b" HTTP/1.0\r\n" + head + b"\r\n")
            response = b"".join(iter(lambda: connection.recv(65536), b""))
        assert response.split()[1] == status, response


def test_a_wrong_host_is_refused(address: tuple[str, int]) -> None:
    with closing(http.client.HTTPConnection(*address, timeout=60)) as connection:
        assert answer(connection, "/api/v1/login", b"{}", {**JSON, "Host": "evil.example"})[0] == 400
