"""An HTTP client that keeps many connections busy, and takes little of the machine itself."""

import selectors
import socket
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_BUFFER = 262_144


@dataclass(frozen=True, slots=True)
class Load:
    """The answers to a load: their number by status, the seconds that each took, and the seconds of the whole run."""

    statuses: dict[int, int]
    seconds: list[float]
    duration: float

    @property
    def rate(self) -> float:
        """The answers per second."""
        return len(self.seconds) / self.duration

    def percentile(self, number: int) -> float:
        """Return the number of seconds within which a percentage of the requests was answered."""
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[number - 1]

    def require(self, *statuses: int) -> "Load":
        """Return this load if all answers had one of the statuses. Errors: RuntimeError."""
        if not self.statuses or set(self.statuses) - set(statuses):
            raise RuntimeError(f"Answers by status: {self.statuses}; expected only {statuses}.")
        return self


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)


def request(path: str, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def run(port: int, requests: list[bytes], connections: int, *, seconds: float = 0, each: int = 0) -> Load:
    """Keep connections busy, with one request at a time each, and return the load.

    It ends after a number of seconds, or after `each` answers on every connection. The requests are sent in turn.
    Errors: RuntimeError if the server closes a connection.
    """
    seconds_each: list[float] = []
    statuses: dict[int, int] = {}
    following = _in_turn(requests)
    left = dict.fromkeys(range(connections), each or 1 << 60)
    with selectors.DefaultSelector() as selector:
        opened = []
        for number in range(connections):
            connection = _Connection(socket.create_connection(("127.0.0.1", port)))
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection.socket, selectors.EVENT_READ, (number, connection))
            opened.append(connection)
        started = time.perf_counter()
        deadline = started + seconds if seconds else float("inf")
        for connection in opened:
            _send(connection, next(following))
        busy = connections
        while busy:
            for key, _ in selector.select():
                number, connection = key.data
                if (status := _receive(connection)) is None:
                    continue
                now = time.perf_counter()
                seconds_each.append(now - connection.sent_at)
                statuses[status] = statuses.get(status, 0) + 1
                left[number] -= 1
                if left[number] and now < deadline:
                    _send(connection, next(following))
                else:
                    busy -= 1
                    selector.unregister(connection.socket)
        duration = time.perf_counter() - started
        for connection in opened:
            connection.socket.close()
    return Load(statuses, seconds_each, duration)


def _in_turn(requests: list[bytes]) -> Iterator[bytes]:
    while True:
        yield from requests


def _send(connection: _Connection, request: bytes) -> None:
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(request)


def _receive(connection: _Connection) -> int | None:
    """Read what has come, and return the status when the answer is complete."""
    part = connection.socket.recv(_BUFFER)
    if not part:
        raise RuntimeError("The server has closed a connection.")
    received = connection.received
    received += part
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(received[:end]).lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    if len(received) < end + 4 + length:
        return None
    received.clear()
    return int(head[9:12])
