"""A server in a thread of this process whose answers a test chooses: those of Rocket.Chat, and all that can go wrong."""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

# As long as a client of the tests waits at most for what never comes.
LONG = 30
KIBIBYTE = b"x" * 1024


@dataclass
class Reply:
    """An answer. `repeat` is how often the body is sent; a server with `pause` sends nothing after so many bytes of it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: int = 1
    pause_after: int | None = None

    @classmethod
    def of(cls, document: Any, status: int = 200, **headers: str) -> "Reply":
        """Return an answer with a document as JSON."""
        return cls(status, json.dumps(document).encode(), {"Content-Type": "application/json", **headers})


@dataclass(frozen=True)
class Received:
    """A request that the server has received."""

    path: str
    headers: Message


class ReplayServer:
    """The running server; `reply` is its answer to every request, or makes its answers; `received` is what it was asked."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        self.reply: Reply | Callable[[Received], Reply] = Reply(404)
        self.received: list[Received] = []
        self.closing = Event()

    @property
    def name(self) -> str:
        """What the server is called in messages."""
        return self.url.partition("://")[2]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        received = Received(handler.path, handler.headers)
        self.received.append(received)
        reply = self.reply if isinstance(self.reply, Reply) else self.reply(received)
        body = reply.body * reply.repeat
        handler.send_response_only(reply.status)
        headers = {"Date": handler.date_time_string(), "Content-Length": str(len(body)), **reply.headers}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body[: reply.pause_after])
        if reply.pause_after is not None:
            handler.wfile.flush()
            self.closing.wait(LONG)


@contextmanager
def replay_server(certificate: Path | None = None) -> Iterator[ReplayServer]:
    """Run a server on a free port until the block ends; with a certificate and its key in a file, it speaks TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            replay.answer(self)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Print nothing of clients that are gone."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        replay = ReplayServer(server, "https" if certificate else "http")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield replay
        finally:
            replay.closing.set()
            server.shutdown()
            thread.join()
