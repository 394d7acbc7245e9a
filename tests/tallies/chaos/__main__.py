"""`python -m tests.tallies.chaos --seconds N --writers N [--variant NAME] [--seed N]`: run the chaos test.

It starts a temporary PostgreSQL server, which it may kill; with --sqlite it uses a SQLite file instead. If several variants
are given, they run one after the other. Exit status: 0 if there was no difference and all goals were reached, 1 if there was
a difference or a failed write, 2 if a goal was missed or an error occurred.
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

MAX_PRINTED = 10


def main() -> int:
    """Create a database, run the variants and return the exit status."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated by a signal"))
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

    goals = Goals(
        options.seconds, options.reads, options.commits, options.kills, options.breaks, max(options.limit, options.seconds)
    )
    status = 0
    for name in options.variant or ["correct"]:
        run = Run(goals, options.seed, VARIANTS[name], folder)
        failure = ""
        try:
            run.go(options.writers, cluster, options.kill_every, options.break_every)
            report(run)
        except RuntimeError as error:
            failure = str(error)
        status = max(status, _print_result(run, failure))
    return status


def _print_result(run: "Run", failure: str) -> int:
    """Print differences, errors and missed goals, and return the exit status."""
    findings = run.findings.all()
    differences = [finding for finding in findings if finding["kind"] == "difference"]
    errors = [f"{finding['process']}: {finding['traceback']}" for finding in findings if finding["kind"] == "error"]
    for finding in differences[:MAX_PRINTED]:
        where = f"seed {run.seed}, {finding['read']}, {finding['question']}"
        print(f"DIFFERS: {where}: expected {finding['expected']}, found {finding['found']}")
    failed = [finding for finding in findings if finding["kind"] == "failed write"]
    for finding in failed[:MAX_PRINTED]:
        print(f"FAILED: {finding['action']}: {finding['traceback']}")
    for error in [*errors, *([failure] if failure else [])]:
        print(f"ERROR: {error}")
    print(f"failed writes: {len(failed)}")
    print(f"differences: {len(differences)} (variant {run.variant.name}, seed {run.seed})", flush=True)
    if differences or failed:
        return 1
    for goal in run.missing:
        print(f"MISSED: {goal}")
    return 2 if run.missing or failure or errors else 0


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
    parser = argparse.ArgumentParser(prog="python -m tests.tallies.chaos", description="Run the chaos test of the tallies.")
    parser.add_argument("--seconds", type=float, default=15, help="run for at least this time")
    parser.add_argument("--writers", type=int, default=12, help="the number of concurrent writers")
    parser.add_argument("--variant", action="append", help="a variant of the tallies, usually a faulty one; see variants.py")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="the random seed")
    parser.add_argument("--reads", type=int, default=0, help="run until this number of reads was compared")
    parser.add_argument("--commits", type=int, default=0, help="run until each kind of action was committed this often")
    parser.add_argument("--kills", type=int, default=0, help="run until each kind of process was killed this often")
    parser.add_argument("--breaks", type=int, default=0, help="run until each kind of DDL was done this often")
    parser.add_argument("--limit", type=float, default=0, help="stop after this number of seconds, whatever the other goals")
    parser.add_argument("--kill-every", type=float, default=4, help="kill a process every this number of seconds")
    parser.add_argument("--break-every", type=float, default=0, help="pull the ground away every this number of seconds")
    parser.add_argument("--sqlite", action="store_true", help="use a SQLite file instead of PostgreSQL")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
