"""A PostgreSQL server that can be killed at any time and restarted."""

import random
import shutil
import socket
import time
from contextlib import suppress

import psutil

from tests.services.postgresql import PostgreSQL

KILL_SECONDS = 30
# Below the ephemeral ports, which systems assign to outgoing connections.
PORTS = (10_000, 30_000)
# What a killed process has written is in the kernel's cache, also without fsync; it is only lost when the machine crashes.
# With fsync, the server synchronizes each file of its folder after a crash, which takes 10 s and more on slow disks.
# It is small, so that recovery is fast. Deadlocks are provoked, so they are detected early.
SETTINGS = {
    "max_connections": "100",
    "fsync": "off",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "5s",
    "deadlock_timeout": "300ms",
    "jit": "off",
}


class Cluster(PostgreSQL):
    """A PostgreSQL server that can be killed and restarted."""

    def __init__(self) -> None:
        super().__init__()
        self.port = _free_port()

    def start(self) -> None:
        """Create the database cluster, start the server and wait until it is ready."""
        self.data.mkdir()
        if self.account:
            self.folder.chmod(0o755)
            shutil.chown(self.data, self.account)
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8")
        self.serve()

    def serve(self) -> None:
        """Start the server on the existing database cluster, and wait until it is ready."""
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        options += [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        quoted = " ".join(f"'{option}'" for option in options)
        self._run("pg_ctl", "--wait", "--log", str(self.data / "log"), "--options", quoted, "start")

    def kill(self) -> None:
        """Kill the server and all its child processes at once, as in a crash."""
        server = self.server()
        # While it is suspended, the server can neither start new children nor shut the others down in an orderly way. The
        # children cannot be killed as a group, since each has its own process group.
        server.suspend()
        processes_to_kill = [*server.children(recursive=True), server]
        for process in processes_to_kill:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        deadline = time.monotonic() + KILL_SECONDS
        while any(_is_alive(process) for process in processes_to_kill):
            if time.monotonic() > deadline:
                raise RuntimeError("A killed server is still running.")
            time.sleep(0.02)
        # The killed server keeps its process id until its parent waits for it; with the file, no new server would start.
        (self.data / "postmaster.pid").unlink()

    def remove(self) -> None:
        """Kill the server, if it is running, and remove its folder."""
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def server(self) -> psutil.Process:
        """Return the main process of the server."""
        return psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))


def _free_port() -> int:
    """Return a free port outside the ephemeral range.

    Otherwise a connection could be assigned the port while the server is down, even one that tries to connect to it.
    """
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
