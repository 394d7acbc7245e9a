"""A PostgreSQL that writes to its disk for real, so that it may be killed at any moment and started again."""

import random
import shutil
import socket
import time
from contextlib import suppress

import psutil

from tests.services.postgresql import PostgreSQL

DEATH_SECONDS = 30
# Below those that systems give to whoever connects.
LASTING_PORTS = (10_000, 30_000)
# Everything that survives a crash is on; small, so that it is back soon. Deadlocks are made on purpose: let them end soon.
SETTINGS = {
    "max_connections": "100",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "5s",
    "deadlock_timeout": "100ms",
    "jit": "off",
}


class Cluster(PostgreSQL):
    """A server that may be killed and started again."""

    def __init__(self) -> None:
        super().__init__()
        self.port = _lasting_port()

    def start(self) -> None:
        """Make the cluster and wait until the server answers."""
        self.data.mkdir()
        if self.account:
            self.folder.chmod(0o755)
            shutil.chown(self.data, self.account)
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8")
        self.serve()

    def serve(self) -> None:
        """Start the server over the cluster as it stands, and wait until it answers."""
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        options += [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        quoted = " ".join(f"'{option}'" for option in options)
        self._run("pg_ctl", "--wait", "--log", str(self.data / "log"), "--options", quoted, "start")

    def kill(self) -> None:
        """Kill the server with all that it started, as a crash of the machine's memory would."""
        server = self.server()
        # Stopped, it neither starts more nor tells the others to go in good order. Each leads a process group of its own.
        server.suspend()
        doomed = [*server.children(recursive=True), server]
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        deadline = time.monotonic() + DEATH_SECONDS
        while any(_lives(process) for process in doomed):
            if time.monotonic() > deadline:
                raise RuntimeError("A killed server did not go.")
            time.sleep(0.02)
        # Until somebody asks what became of it, a dead server keeps its number, and another would not start.
        (self.data / "postmaster.pid").unlink()

    def remove(self) -> None:
        """End the server, whatever state it is in, and remove its folder."""
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def server(self) -> psutil.Process:
        """Return the first process of the server."""
        return psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))


def _lasting_port() -> int:
    """Find a free port that no connection gets by chance while the server is down, not even one that calls that very port."""
    while True:
        port = random.SystemRandom().randrange(*LASTING_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
