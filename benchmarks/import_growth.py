"""How the cost of a row, and the memory, grow with an export: MESSAGES, 5,000,000 by default, and a tenth of them, into SQLite.

CPU time and peak memory are those of the command, which also takes the messages into the history. It takes 15 minutes.
"""

import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import Bars

MESSAGES = int(os.environ.get("MESSAGES", "5000000"))
MEGABYTE = 1024


class Cost(NamedTuple):
    """The CPU time of an import by message, in microseconds, and its peak memory in MB."""

    microseconds: float
    megabytes: float


def main() -> None:
    """Import a small export and a large one."""
    costs = []
    for number in (MESSAGES // 10, MESSAGES):
        with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
            costs.append(cost_of_import(Path(folder), number))
        print(f"{number:,} messages: {costs[-1].microseconds:.1f} µs each, {costs[-1].megabytes:.0f} MB", flush=True)
    small, large = costs
    bars = Bars()
    bars.at_most("import_of_a_row_large_over_small_sqlite", large.microseconds / small.microseconds, 1.3)
    bars.at_most("import_resident_megabytes_of_the_large_sqlite", large.megabytes, 300)
    bars.finish()


def cost_of_import(folder: Path, number: int) -> Cost:
    """Generate an export, and import it in a process of its own into a new database."""
    exporting = importlib.import_module("benchmarks.import")
    exporting.MESSAGES = number
    export = folder / "export"
    export.mkdir()
    exporting.make_export(export)
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "VAR_DIR": str(folder)}
    run(environment, "migrate", "--verbosity", "0")
    seconds, kilobytes = run(environment, "import_chat", "rocketchat", str(export), "--rejects", str(folder / "rejects.jsonl"))
    return Cost(1e6 * seconds / number, kilobytes / MEGABYTE)


def run(environment: dict[str, str], *command: str) -> tuple[float, int]:
    """Run a management command without its output; return its CPU seconds and its peak memory in KiB."""
    discarded = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(sys.executable, [sys.executable, "manage.py", *command], environment, file_actions=discarded)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"manage.py {command[0]} ended with status {os.waitstatus_to_exitcode(status)}.")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


if __name__ == "__main__":
    main()
