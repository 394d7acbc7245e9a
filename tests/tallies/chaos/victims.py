"""Kill what can be killed, in turn: a compactor, a backend of the server, the whole server; on SQLite those who write."""

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
from .crew import Crew

COMPACTORS = "compactors killed"
BACKENDS = "backends killed"
SERVERS = "servers killed"
WRITERS = "writers killed"
BACK_SECONDS = 60


@dataclass
class Victims:
    """Chooses the next victim; counts them."""

    crew: Crew
    chance: Random
    cluster: Cluster | None
    killed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = [COMPACTORS, BACKENDS, SERVERS] if self.cluster else [WRITERS]
        self.killed = dict.fromkeys(kinds, 0)
        self._kinds: Iterator[str] = cycle(kinds)

    def next(self, writers: str) -> None:
        """Kill one, and wait until whoever is needed is back; `writers` is the group of those who write."""
        kind = next(self._kinds)
        if kind == COMPACTORS:
            self.crew.kill("compactor", self.killed[kind] % 2)
        elif kind == WRITERS:
            self.crew.kill(writers, self.chance.randrange(2))
        elif kind == BACKENDS:
            self._kill_a_backend()
        else:
            assert self.cluster is not None
            self.cluster.kill()
            self.cluster.serve()
        self.killed[kind] += 1

    def _kill_a_backend(self) -> None:
        """Kill one that is busy, every other time a compactor's; the server then ends all and recovers."""
        assert self.cluster is not None
        wanted = "compactor-%" if self.killed[BACKENDS] % 2 else "writer-%"
        server = self.cluster.server()
        before = {child.pid for child in server.children()}
        with closing(psycopg.connect(self.cluster.url, autocommit=True)) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name LIKE %s ORDER BY state = 'active' DESC LIMIT 3",
                [wanted],
            ).fetchall()
        for (pid,) in found[:1]:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).send_signal(signal.SIGKILL)
        deadline = time.monotonic() + BACK_SECONDS
        # Everything that the server had started goes, and comes again.
        while found and before & {child.pid for child in server.children()} - {found[0][0]}:
            if time.monotonic() > deadline:
                raise RuntimeError("The server did not recover from a killed backend.")
            time.sleep(0.05)
        self._wait_until_it_answers(deadline)

    def _wait_until_it_answers(self, deadline: float) -> None:
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
