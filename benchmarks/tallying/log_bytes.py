"""The bytes of write-ahead log (WAL) per message."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from statistics import mean

from statistics_app.tallies.folding import fold

from .cluster import Cluster, Database
from .designs import MESSAGE, Design
from .writers import pgbench

# The number of messages that a fold finds if it runs once a second.
MESSAGES, ROUNDS = 2_000, 11
FOLDED = "tallies, folded"


def wal_per_message(cluster: Cluster, databases: Mapping[Design, Database], variables: Mapping[str, int]) -> dict[str, float]:
    """Return the bytes of WAL of a message in its own transaction, for each design and for tallies including the fold.

    Full-page images are excluded, since their number depends on the time of the last checkpoint. All databases get the same
    number of messages, so that the pages of their indexes are split equally often.
    """
    samples: dict[str, list[float]] = {Design.NONE: [], Design.TALLIES: [], FOLDED: []}
    with _message_wal_only(cluster), cluster.wal_position() as position:
        for _ in range(ROUNDS):
            for design, database in databases.items():
                before = position()
                _send(cluster, database, MESSAGE[design], variables)
                samples[design].append((position() - before) / MESSAGES)
                if design is Design.TALLIES:
                    assert fold(database.tallies) == MESSAGES
                    samples[FOLDED].append((position() - before) / MESSAGES)
    return {name: mean(values) for name, values in samples.items()}


def _send(cluster: Cluster, database: Database, script: str, variables: Mapping[str, int]) -> None:
    command = [*pgbench(database, script, variables, cluster.folder), "-c", "1", "-t", str(MESSAGES)]
    environment = {**os.environ, "PGOPTIONS": "-c synchronous_commit=off"}
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, env=environment)


@contextmanager
def _message_wal_only(cluster: Cluster) -> Iterator[None]:
    """Turn off full-page images and autovacuum within the block, so that only messages write WAL."""
    for name in ("full_page_writes", "autovacuum"):
        cluster.set(name, "off")
    try:
        yield
    finally:
        for name in ("full_page_writes", "autovacuum"):
            cluster.set(name, "on")
