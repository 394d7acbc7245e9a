"""Databases, time measurement and bars of the benchmarks."""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import django


@contextmanager
def fresh_sqlite() -> Iterator[Path]:
    """Set up Django with a new SQLite database, in a temporary folder, and yield the folder."""
    with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
        set_up(folder, f"sqlite:///{folder}/bench.sqlite3")
        yield Path(folder)


@contextmanager
def fresh_postgresql() -> Iterator[Path]:
    """Set up Django with a temporary PostgreSQL server, and yield a temporary folder."""
    from tests.services.postgresql import PostgreSQL

    server = PostgreSQL()
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
            set_up(folder, server.url)
            yield Path(folder)
    finally:
        server.stop()


def set_up(folder: str, url: str, settings: str = "statsproject.settings") -> None:
    """Set up Django with a database, and create the tables."""
    os.environ |= {"VAR_DIR": folder, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings}
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def interleaved(
    operations: Mapping[str, Callable[[], object]],
    rounds: int,
    before: Mapping[str, Callable[[], object]] = MappingProxyType({}),
) -> dict[str, float]:
    """Run the operations once per round, after a first round that does not count; return the medians in seconds.

    Each round has an order of its own, since an operation can be slower or faster for the one before it. What has to be done
    `before` an operation is not measured.
    """
    times: dict[str, list[float]] = {name: [] for name in operations}
    orders = random.Random(1)
    for number in range(rounds + 1):
        for name in orders.sample(sorted(operations), len(operations)):
            if name in before:
                before[name]()
            started = time.perf_counter()
            operations[name]()
            if number:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in times.items()}


def median_of_ratios(one: Iterable[float], other: Iterable[float]) -> float:
    """Return the median of the ratios of values that were measured in the same round."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


class Bars:
    """The bars of a benchmark: prints a line for each, and records whether one is short, which means not met."""

    def __init__(self) -> None:
        self.any_short = False

    def at_most(self, name: str, value: float, bound: float) -> None:
        """Check that a value is not above its bound."""
        self._print(name, value, f"<={bound:g}", value <= bound)

    def at_least(self, name: str, value: float, bound: float) -> None:
        """Check that a value is not below its bound."""
        self._print(name, value, f">={bound:g}", value >= bound)

    def _print(self, name: str, value: float, bound: str, is_ok: bool) -> None:
        self.any_short |= not is_ok
        print(f"bar {name} {value:.3g} {bound} {'ok' if is_ok else 'short'}", flush=True)

    def finish(self) -> None:
        """Exit the program, with status 1 if a bar is short."""
        sys.exit(int(self.any_short))
