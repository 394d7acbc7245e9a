"""The write-ahead log that a message costs."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from statistics import mean

from statistics_app.tallies.folding import fold

from .cluster import Cluster, Database
from .designs import MESSAGE, Design
from .writers import pgbench

# As many as a fold finds that comes once a second.
MESSAGES, ROUNDS = 2_000, 11
FOLDED = "tallies, folded"


def log_of_messages(cluster: Cluster, databases: Mapping[Design, Database], variables: Mapping[str, int]) -> dict[str, float]:
    """Return the bytes of log that a message in a transaction of its own costs, and what it costs when it is folded, too.

    Pages in full are left out: they come after each checkpoint, and depend on when that is. All databases get as many messages,
    so that their indexes' pages are split alike.
    """
    found: dict[str, list[float]] = {Design.NONE: [], Design.TALLIES: [], FOLDED: []}
    with _undisturbed(cluster), cluster.watch() as position:
        for _ in range(ROUNDS):
            for design, database in databases.items():
                before = position()
                _send(cluster, database, MESSAGE[design], variables)
                found[design].append((position() - before) / MESSAGES)
                if design is Design.TALLIES:
                    assert fold(database.tallies) == MESSAGES
                    found[FOLDED].append((position() - before) / MESSAGES)
    return {name: mean(each) for name, each in found.items()}


def _send(cluster: Cluster, database: Database, script: str, variables: Mapping[str, int]) -> None:
    command = [*pgbench(database, script, variables, cluster.folder), "-c", "1", "-t", str(MESSAGES)]
    hasty = {**os.environ, "PGOPTIONS": "-c synchronous_commit=off"}
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, env=hasty)


@contextmanager
def _undisturbed(cluster: Cluster) -> Iterator[None]:
    """Leave out what is written at other times than a message is."""
    for name in ("full_page_writes", "autovacuum"):
        cluster.set(name, "off")
    try:
        yield
    finally:
        for name in ("full_page_writes", "autovacuum"):
            cluster.set(name, "on")
