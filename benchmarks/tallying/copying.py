"""Bulk loading of messages with COPY."""

import random
import secrets
import time
from collections.abc import Mapping
from statistics import median

from tqdm import tqdm

from .cluster import Cluster, Database
from .designs import TALLIED, Design
from .sizes import COPIED, COPY_ROUNDS, Size
from .tails import fold_timed

COLUMNS = "id, room_id, author_id, sent_at, thread_root_id, is_pinned"


def copies(cluster: Cluster, databases: Mapping[Design, Database], size: Size) -> tuple[dict[Design, list[float]], float]:
    """Copy rows into each database in turn. Return the seconds of each round, and the median seconds of folding the rows."""
    seconds: dict[Design, list[float]] = {design: [] for design in databases}
    folds = []
    for _ in tqdm(range(COPY_ROUNDS), desc=f"copying {COPIED:,}", disable=None, leave=False):
        cluster.checkpoint()
        for design in random.sample(list(databases), len(databases)):
            seconds[design].append(_copy(databases[design], _rows(size)))
            if design in TALLIED:
                taken = fold_timed(databases[design])[1]
                folds += [taken] if design is Design.TALLIES else []
    return seconds, median(folds)


def _copy(database: Database, rows: str) -> float:
    with database.connect() as connection, connection.cursor() as cursor:
        started = time.perf_counter()
        with cursor.copy(f"COPY chat_message ({COLUMNS}) FROM STDIN") as copy:
            copy.write(rows)
        return time.perf_counter() - started


def _rows(size: Size) -> str:
    """Generate rows in COPY's text format: a few rooms have most of the messages, and some messages are replies."""
    return "".join(_row(size) for _ in range(COPIED))


def _row(size: Size) -> str:
    room, user = int(size.rooms * random.random() ** 3), random.randrange(size.users)
    root = f"root-{random.randrange(COPIED // 50 + 1):011}" if random.random() < 0.1 else r"\N"
    return f"m{secrets.token_hex(8)}\tr{room:016}\tu{user:016}\t2026-01-01 00:00:00Z\t{root}\tf\n"
