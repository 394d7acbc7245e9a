"""Broken brokers: sockets that accept connections and send nothing, or send meaningless bytes endlessly."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Listener:
    """A server that accepts and records connections but speaks no protocol. If `drips`, it sends a byte to each every 0.1 s."""

    def __init__(self, *, drips: bool = False) -> None:
        self.drips = drips
        self.connections: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads += [threading.Thread(target=self._drip)] if drips else []

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return self._server.getsockname()[1]

    def _accept(self) -> None:
        with suppress(OSError):  # the server was closed
            while True:
                self.connections.append(self._server.accept()[0])

    def _drip(self) -> None:
        while not self._closed.wait(0.1):
            for connection in list(self.connections):
                with suppress(OSError):  # the client has closed the connection
                    connection.send(b"+")

    def open(self) -> None:
        """Start accepting connections."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Close the server and all connections."""
        self._closed.set()
        self._server.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for sock in (self._server, *self.connections):
            sock.close()


@contextmanager
def listener(*, drips: bool = False) -> Iterator[Listener]:
    """Yield a listener that accepts connections, and close it afterwards."""
    opened = Listener(drips=drips)
    opened.open()
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def unreachable() -> Iterator[int]:
    """Yield a port on which attempts to connect time out: its backlog is full, and no connection is accepted."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        try:
            yield port
        finally:
            for client in clients:
                client.close()
