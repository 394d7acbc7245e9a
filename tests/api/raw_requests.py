"""Requests as bytes, for the application in this process or for a server's socket."""

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
class RawRequest:
    """A request that need not be valid; `path` and `query` are percent-encoded as in the URL."""

    method: str = "GET"
    path: bytes = b"/api/v1/me"
    query: bytes = b""
    headers: Headers = ()
    body: bytes = b""

    def with_headers(self, headers: Headers) -> "RawRequest":
        """Return the request with these headers in front of its own, which take precedence."""
        return RawRequest(self.method, self.path, self.query, (*headers, *self.headers), self.body)

    def environ(self, stream: Any = None, length: int | None = None) -> dict[str, Any]:
        """Return the WSGI environment; `stream` and `length` replace the body."""
        values = {name.upper().replace("-", "_"): value.decode("latin-1") for name, value in self.headers}
        headers = {name if name == "CONTENT_TYPE" else f"HTTP_{name}": value for name, value in values.items()}
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
        """Return the bytes of the request in HTTP/1.1."""
        target = self.path + (b"?" + self.query if self.query else b"")
        head = [b"%s %s HTTP/1.1" % (self.method.encode(), target), b"Host: localhost", b"Connection: close"]
        head += [b"Content-Length: %d" % len(self.body)] if self.body else []
        head += [b"%s: %s" % (name.encode(), value) for name, value in self.headers]
        return b"\r\n".join([*head, b"", b""]) + self.body


@dataclass(frozen=True)
class RawResponse:
    """A response, with the names of its headers in lower case."""

    status: int
    body: bytes
    headers: dict[str, str] = field(repr=False)


class Application:
    """The project's WSGI application, without the heartbeat."""

    def __init__(self) -> None:
        self._application = sanitized(WSGIHandler())

    def handle(self, environ: dict[str, Any]) -> RawResponse:
        """Return the response to one request."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        chunks: Any = self._application(environ, lambda status, headers, exc_info=None: started.append((status, headers)))  # type: ignore[arg-type]
        body = b"".join(chunks)
        chunks.close()
        ((status, headers),) = started
        return RawResponse(int(status.split()[0]), body, {name.lower(): value for name, value in headers})


def send(url: str, request: bytes) -> RawResponse:
    """Send bytes to a server and return its response, which may come before all bytes are sent."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=60) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # the server has closed its side early
            connection.sendall(request)
        response = HTTPResponse(connection, method=request.split(b" ", 1)[0].decode())
        response.begin()
        return RawResponse(response.status, response.read(), {name.lower(): value for name, value in response.getheaders()})
