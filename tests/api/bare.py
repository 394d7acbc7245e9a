"""Requests as bytes: asked of the application in this process, or written to a server's socket."""

import io
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from django.core.handlers.wsgi import WSGIHandler

from statistics_app.http.request_head import sanitized

JSON = b"application/json"
FORM = b"application/x-www-form-urlencoded"
MULTIPART = b"multipart/form-data; boundary=x"

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Bare:
    """One request; nothing in it has to make sense. `path` and `query` are as they stand in the URL."""

    method: str = "GET"
    path: bytes = b"/api/v1/me"
    query: bytes = b""
    headers: Headers = ()
    body: bytes = b""

    def with_headers(self, headers: Headers) -> "Bare":
        """Add headers below those that are there."""
        return Bare(self.method, self.path, self.query, (*headers, *self.headers), self.body)

    def environ(self, stream: Any = None, length: int | None = None) -> dict[str, Any]:
        """Say it as WSGI does; a stream may stand in for the body."""
        named = {name.upper().replace("-", "_"): value.decode("latin-1") for name, value in self.headers}
        headers = {name if name == "CONTENT_TYPE" else f"HTTP_{name}": value for name, value in named.items()}
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "CONTENT_LENGTH": str(len(self.body) if length is None else length),
            "wsgi.input": stream or io.BytesIO(self.body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            **headers,
        }

    def wire(self) -> bytes:
        """Write it as HTTP/1.1."""
        target = self.path + (b"?" + self.query if self.query else b"")
        head = [b"%s %s HTTP/1.1" % (self.method.encode(), target), b"Host: localhost", b"Connection: close"]
        head += [b"Content-Length: %d" % len(self.body)] if self.body else []
        head += [b"%s: %s" % (name.encode(), value) for name, value in self.headers]
        return b"\r\n".join([*head, b"", b""]) + self.body


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(repr=False)


class Application:
    """The project as its server knows it, less the heartbeat."""

    def __init__(self) -> None:
        self._application = sanitized(WSGIHandler())

    def ask(self, environ: dict[str, Any]) -> Answer:
        """Serve one request."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        given: Any = self._application(environ, lambda status, headers, failure=None: begun.append((status, headers)))  # type: ignore[arg-type]
        body = b"".join(given)
        given.close()
        ((status, headers),) = begun
        return Answer(int(status.split()[0]), body, {name.lower(): value for name, value in headers})


def send(url: str, request: bytes) -> Answer:
    """Write bytes to a server and read its answer; it may come before all is written."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=60) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # the server has heard enough
            connection.sendall(request)
        answer = HTTPResponse(connection, method=request.split(b" ", 1)[0].decode())
        answer.begin()
        return Answer(answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()})
