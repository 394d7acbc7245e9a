"""A small server that lists statistics as Rocket.Chat does, and fails as a test demands."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

# A status, and the headers that come with it.
Failure = tuple[int, dict[str, str]]


class ReplayServer(ThreadingHTTPServer):
    """`failures` are the answers to the next requests, and pages at the offsets in `refused` fail each time.

    `offsets` and `tokens` are what was asked. A `body` is answered instead of a page.
    """

    daemon_threads = True

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.documents = documents
        self.failures: list[Failure] = []
        self.offsets: list[int] = []
        self.tokens: set[str | None] = set()
        self.refused: set[int] = set()
        self.body: bytes | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ReplayServer

    def do_GET(self) -> None:
        """Answer with the next failure, or with a page."""
        self.server.tokens.add(self.headers["X-Auth-Token"])
        if self.server.failures:
            status, headers = self.server.failures.pop(0)
            self._answer(status, b"{}", headers)
            return
        query = {name: value for name, [value] in parse_qs(urlsplit(self.path).query).items()}
        offset, count = int(query["offset"]), int(query["count"])
        self.server.offsets.append(offset)
        if offset in self.server.refused:
            self._answer(500, b"{}", {})
            return
        page = self.server.documents[offset : offset + count]
        answer = {
            "statistics": page,
            "count": len(page),
            "offset": offset,
            "total": len(self.server.documents),
            "success": True,
        }
        self._answer(200, json.dumps(answer).encode() if self.server.body is None else self.server.body, {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Log nothing."""


@contextmanager
def replay(documents: list[dict[str, Any]]) -> Iterator[ReplayServer]:
    """Run a server with these documents."""
    server = ReplayServer(documents)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
