"""`python -m tests.tallies.chaos --seconds N --writers N [--variant NAME] [--seed N]`: let a chat loose on the tallies.

It starts a PostgreSQL of its own, so that it may kill it; with --sqlite it uses a file instead. Status 0: nothing differed and
all goals were reached; 1: something differed; 2: a goal was missed or something broke. Several variants are run in turn.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

from .cluster import Cluster

if TYPE_CHECKING:
    from .run import Run

SHOWN = 10


def main() -> int:
    """Make a database, run, and say what came of it."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    folder = Path(tempfile.mkdtemp(prefix="stats-chaos-"))
    try:
        with _database(options.sqlite, folder) as (url, cluster):
            os.environ.update(
                DATABASE_URL=url, DJANGO_SETTINGS_MODULE="tests.settings", VAR_DIR=str(folder), SECRET_KEY="chaos", REDIS_URL=""
            )
            django.setup()
            call_command("migrate", verbosity=0)
            return _run(options, cluster, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(options: argparse.Namespace, cluster: Cluster | None, folder: Path) -> int:
    from .goals import Goals
    from .report import report
    from .run import Run
    from .variants import VARIANTS

    goals = Goals(options.seconds, options.reads, options.commits, options.kills, max(options.limit, options.seconds))
    status = 0
    for name in options.variant or ["right"]:
        run = Run(goals, options.seed, VARIANTS[name], folder)
        broken = ""
        try:
            run.go(options.writers, cluster, options.kill_every)
            report(run)
        except RuntimeError as error:
            broken = str(error)
        status = max(status, _judge(run, broken))
    return status


def _judge(run: "Run", broken: str) -> int:
    """Say what differed, broke or was missed, and return the status of the program."""
    found = run.findings.all()
    differences = [finding for finding in found if finding["kind"] == "difference"]
    faults = [f"{finding['who']}: {finding['trace']}" for finding in found if finding["kind"] == "fault"]
    for finding in differences[:SHOWN]:
        where = f"seed {run.seed}, {finding['read']}, {finding['question']}"
        print(f"DIFFERS: {where}: expected {finding['expected']}, found {finding['found']}")
    for fault in [*faults, *([broken] if broken else [])]:
        print(f"BROKEN: {fault}")
    print(f"differences: {len(differences)} (variant {run.variant.name}, seed {run.seed})", flush=True)
    if differences:
        return 1
    for goal in run.missing:
        print(f"MISSED: {goal}")
    return 2 if run.missing or broken or faults else 0


@contextmanager
def _database(sqlite: bool, folder: Path) -> Iterator[tuple[str, Cluster | None]]:
    if sqlite:
        yield f"sqlite:///{folder / 'chaos.sqlite3'}", None
        return
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster.url, cluster
    finally:
        cluster.remove()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.tallies.chaos", description="Let a chat loose on the tallies.")
    parser.add_argument("--seconds", type=float, default=15, help="go on for at least so long")
    parser.add_argument("--writers", type=int, default=12, help="how many write at once")
    parser.add_argument("--variant", action="append", help="a machinery that is wrong on purpose, see variants.py")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--reads", type=int, default=0, help="go on until so many reads were compared")
    parser.add_argument("--commits", type=int, default=0, help="go on until each kind was committed so often")
    parser.add_argument("--kills", type=int, default=0, help="go on until each kind of victim was killed so often")
    parser.add_argument("--limit", type=float, default=0, help="but never longer than so many seconds")
    parser.add_argument("--kill-every", type=float, default=4, help="kill something every so many seconds")
    parser.add_argument("--sqlite", action="store_true", help="use a file of SQLite")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
