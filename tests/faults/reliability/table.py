"""Running faults, and the table of what was seen."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from pathlib import Path

from .deployment import INTERVAL, Deployment
from .disk import can_mount, small_disk
from .observing import NEW, STORED, Observer, recovered, require_nothing_wrong
from .scenarios import FAULTS, Fault

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEAD = "| Fault | The last snapshot | A new one | Slots without a snapshot | Recovery |\n| --- | --- | --- | --- | --- |"
MEANINGS = {
    "200": "answered",
    "503": "503 with `Retry-After`",
    "connection lost": "connections lost",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What was seen of a fault: outcomes of requests by kind, whether slots stayed empty, and how long recovery took."""

    fault: str
    stored: Counter[str]
    new: Counter[str]
    has_gaps: bool
    restarts: int
    recovery_seconds: float


def run_all(folder: Path, faults: Sequence[Fault] = FAULTS) -> Iterator[Result]:
    """Bring about each fault that can be, and yield what was seen; AssertionError if anything is wrong after one."""
    for needs_small_disk, group in groupby(faults, lambda fault: fault.needs_small_disk):
        if needs_small_disk and not can_mount():
            names = ", ".join(fault.name for fault in group)
            print(f"Left out, since no file system can be mounted here: {names}", file=sys.stderr, flush=True)
            continue
        with ExitStack() as stack:
            disk = stack.enter_context(small_disk()) if needs_small_disk else None
            deployment = Deployment(folder, stack, disk)
            for fault in group:
                yield _run(deployment, fault)


def _run(deployment: Deployment, fault: Fault) -> Result:
    before, restarts = deployment.newest(), deployment.restarts
    observer = Observer(deployment)
    observer.start()
    try:
        with fault.happening(deployment):
            time.sleep(fault.seconds)
        took = recovered(deployment, time.time())
    finally:
        observer.stop()
    require_nothing_wrong(deployment)
    slots = deployment.select(f"SELECT DISTINCT slot FROM statistics_app_snapshot WHERE slot >= to_timestamp({before})")
    expected = (deployment.newest() - before) / INTERVAL + 1
    has_gaps, restarts = len(slots) < expected, deployment.restarts - restarts
    return Result(fault.name, observer.seen[STORED], observer.seen[NEW], has_gaps, restarts, took)


def row(result: Result) -> str:
    """Return the row of the table."""
    gaps = "some" if result.has_gaps else "none"
    how = "after the supervisor started a program again" if result.restarts else "by itself"
    recovery = f"{how}, in {max(5, ceil(result.recovery_seconds / 5) * 5)} s or less"
    return f"| {result.fault} | {_said(result.stored)} | {_said(result.new)} | {gaps} | {recovery} |"


def _said(outcomes: Counter[str]) -> str:
    """Return outcomes in words, the most frequent first."""
    return ", ".join(MEANINGS.get(outcome, outcome) for outcome, _ in outcomes.most_common())


def replace_table(text: str, results: Sequence[Result]) -> str:
    """Return a page with its table replaced."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    table = "\n".join([HEAD, *map(row, results)])
    return f"{before}{BEGIN}\n{table}\n{END}{after}"
