"""Time two things in turn, and hold the ratio against a bar."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django


@contextmanager
def fresh_sqlite() -> Iterator[Path]:
    """Set Django up on a new SQLite file with all tables, in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
        set_up(folder, f"sqlite:///{folder}/bench.sqlite3")
        yield Path(folder)


@contextmanager
def fresh_postgresql() -> Iterator[Path]:
    """Set Django up on a PostgreSQL with all tables, which goes afterwards; the folder beside it too."""
    from tests.services.postgresql import PostgreSQL

    server = PostgreSQL()
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
            set_up(folder, server.url)
            yield Path(folder)
    finally:
        server.stop()


def set_up(folder: str, url: str) -> None:
    """Set Django up on a database, and make its tables."""
    os.environ |= {"VAR_DIR": folder, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "statsproject.settings"}
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def interleaved(deeds: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Do all deeds in turn, so many rounds after one that does not count; return each one's median in seconds."""
    times: dict[str, list[float]] = {name: [] for name in deeds}
    for number in range(rounds + 1):
        for name, deed in deeds.items():
            began = time.perf_counter()
            deed()
            if number:
                times[name].append(time.perf_counter() - began)
    return {name: statistics.median(taken) for name, taken in times.items()}


class Bars:
    """Prints a line a bar, and remembers whether one was short."""

    def __init__(self) -> None:
        self.short = False

    def at_most(self, name: str, value: float, bound: float) -> None:
        """Hold a value that should be small."""
        self._print(name, value, f"<={bound:g}", value <= bound)

    def at_least(self, name: str, value: float, bound: float) -> None:
        """Hold a value that should be great."""
        self._print(name, value, f">={bound:g}", value >= bound)

    def _print(self, name: str, value: float, bound: str, is_ok: bool) -> None:
        self.short |= not is_ok
        print(f"bar {name} {value:.3g} {bound} {'ok' if is_ok else 'short'}", flush=True)

    def finish(self) -> None:
        """End the program: 1 when a bar was short."""
        sys.exit(int(self.short))
