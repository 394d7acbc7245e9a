"""More memory for SQLite while it writes much."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Where there are triggers, SQLite notes each page that a statement changes, so that it can undo the statement. It writes these
# to a temporary file, unless such files are kept in memory. The cache, in KiB if
# negative, is 2 MB by default: most pages of an index of random ids would be written and read again within a batch.
_PRAGMAS = {"temp_store": 2, "cache_size": -65_536}


@contextmanager
def memory_for_writes() -> Iterator[None]:
    """Let SQLite use more memory in this connection; within a transaction, and on other databases, nothing changes."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    before = {name: _get(name) for name in _PRAGMAS}
    _set(_PRAGMAS)
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            _set(before)


def _get(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return int(cursor.fetchone()[0])


def _set(pragmas: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name} = {value:d}")
