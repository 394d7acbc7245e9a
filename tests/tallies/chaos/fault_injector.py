"""Killing of processes, in turn: a compactor, a backend of the server, and the whole server; on SQLite only writers."""

import signal
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

import psutil
import psycopg

from .cluster import Cluster
from .processes import Processes

COMPACTORS = "compactors killed"
BACKENDS = "backends killed"
SERVERS = "servers killed"
WRITERS = "writers killed"
RECOVERY_SECONDS = 60


@dataclass
class FaultInjector:
    """Kills the processes of a run, and counts the kills of each kind."""

    processes: Processes
    rng: Random
    cluster: Cluster | None
    killed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = [COMPACTORS, BACKENDS, SERVERS] if self.cluster else [WRITERS]
        self.killed = dict.fromkeys(kinds, 0)
        self._kinds: Iterator[str] = cycle(kinds)

    def kill_next(self, writers: str) -> None:
        """Kill a process of the next kind, and wait until the workers or the server run again.

        `writers` is the name of the group of the current writers.
        """
        kind = next(self._kinds)
        if kind == COMPACTORS:
            self.processes.kill("compactor", self.killed[kind] % 2)
        elif kind == WRITERS:
            self.processes.kill(writers, self.rng.randrange(2))
        elif kind == BACKENDS:
            self._kill_a_backend()
        else:
            assert self.cluster is not None
            self.cluster.kill()
            self.cluster.serve()
        self.killed[kind] += 1

    def _kill_a_backend(self) -> None:
        """Kill an active backend of a writer or, every other time, of a compactor. The server then ends all and recovers."""
        assert self.cluster is not None
        pattern = "compactor-%" if self.killed[BACKENDS] % 2 else "writer-%"
        server = self.cluster.server()
        before = {child.pid for child in server.children()}
        with closing(psycopg.connect(self.cluster.url, autocommit=True)) as connection:
            backends = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name LIKE %s ORDER BY state = 'active' DESC LIMIT 3",
                [pattern],
            ).fetchall()
        for (pid,) in backends[:1]:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).send_signal(signal.SIGKILL)
        deadline = time.monotonic() + RECOVERY_SECONDS
        # The server restarts all its other children too.
        while backends and before & {child.pid for child in server.children()} - {backends[0][0]}:
            if time.monotonic() > deadline:
                raise RuntimeError("The server did not recover from a killed backend.")
            time.sleep(0.05)
        self._wait_until_ready(deadline)

    def _wait_until_ready(self, deadline: float) -> None:
        assert self.cluster is not None
        while True:
            try:
                psycopg.connect(self.cluster.url).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return
