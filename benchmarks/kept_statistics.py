"""The time to import ten thousand statistics documents of Rocket.Chat, into SQLite and into PostgreSQL, with the history.

`DOCUMENTS=… make bench NAME=kept_statistics` imports another number.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measuring import Bars, fresh_postgresql, fresh_sqlite

DOCUMENTS = int(os.environ.get("DOCUMENTS", "10000"))
BEGIN = datetime(2019, 1, 1, tzinfo=UTC)
MOST_SECONDS = 60


def main() -> None:
    """Measure both databases, each in a process of its own, since Django is set up for one."""
    if database := os.environ.get("DATABASE"):
        measure(database)
        return
    statuses = [
        subprocess.run([sys.executable, "-m", "benchmarks.kept_statistics"], env={**os.environ, "DATABASE": name}, check=False)
        for name in ("sqlite", "postgresql")
    ]
    sys.exit(max(one.returncode for one in statuses))


def measure(database: str) -> None:
    """Import the documents twice."""
    bars = Bars()
    with (fresh_sqlite if database == "sqlite" else fresh_postgresql)() as folder:
        from django.core.management import call_command

        file = write_documents(folder)
        for name, bound in (("first", MOST_SECONDS), ("second", MOST_SECONDS)):
            started = time.perf_counter()
            call_command("import_statistics", str(file), rejects=folder / "rejects.jsonl")
            seconds = (time.perf_counter() - started) * 10_000 / DOCUMENTS
            bars.at_most(f"{name}_import_seconds_per_10000_{database}", seconds, bound)
    bars.finish()


def write_documents(folder: Path) -> Path:
    """Write one document an hour, each as large as those of a server with eight cores."""
    from tests.foreign.eras import CORE, date, in_2021, machine

    file = folder / "rocketchat_statistics.jsonl"
    with file.open("w") as lines:
        for number in range(DOCUMENTS):
            created = date((BEGIN + timedelta(hours=number)).isoformat())
            more = {"_id": f"{number:024x}", "createdAt": created, "totalUsers": number, "os": machine(cpus=[CORE] * 8)}
            lines.write(json.dumps(in_2021(**more)) + "\n")
    return file


if __name__ == "__main__":
    main()
