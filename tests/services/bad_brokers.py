"""Brokers that are none: sockets that listen and say nothing, or say it endlessly."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Listener:
    """Accepts connections, counts them, and speaks no protocol; `drips` a byte now and then into each."""

    def __init__(self, *, drips: bool = False) -> None:
        self.drips = drips
        self.connections: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads += [threading.Thread(target=self._drip)] if drips else []

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.getsockname()[1]

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                self.connections.append(self._server.accept()[0])

    def _drip(self) -> None:
        while not self._closed.wait(0.1):
            for connection in list(self.connections):
                with suppress(OSError):  # who called has hung up
                    connection.send(b"+")

    def open(self) -> None:
        """Begin to listen."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Hang up on all."""
        self._closed.set()
        self._server.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in (self._server, *self.connections):
            each.close()


@contextmanager
def listener(*, drips: bool = False) -> Iterator[Listener]:
    """Yield one that listens."""
    listening = Listener(drips=drips)
    listening.open()
    try:
        yield listening
    finally:
        listening.close()


@contextmanager
def unreachable() -> Iterator[int]:
    """Yield a port that answers no attempt to connect: its queue of connections is full, and nobody takes one."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for caller in callers:
                caller.close()
