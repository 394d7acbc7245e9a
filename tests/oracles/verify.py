"""`python -m tests.oracles.verify DIR`: import an export into new databases and compare all statistics with the oracles.

The running counts are installed before, during and after the import. The history is back-filled, and compared with the counts
by day and month in several time zones.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.oracles.rocketchat import count
from tests.services.postgresql import PostgreSQL

ROOT = Path(__file__).resolve().parent.parent.parent


class Installed(StrEnum):
    """The time at which the running counts are installed."""

    BEFORE = "before the import"
    DURING = "during the import"
    AFTER = "after the import"


@contextmanager
def workspace(database_url: str) -> Iterator[Any]:
    """Create an empty workspace, and yield a function that starts management commands in it."""
    with tempfile.TemporaryDirectory(prefix="stats-verify-") as var:
        environment = {**os.environ, "VAR_DIR": var, "DATABASE_URL": database_url or f"sqlite:///{var}/verify.sqlite3"}
        environment["DJANGO_SETTINGS_MODULE"] = "statsproject.settings"

        def start(*arguments: str, **more: str) -> subprocess.Popen[str]:
            command = [sys.executable, *([] if arguments[0] == "-m" else [str(ROOT / "manage.py")]), *arguments]
            return subprocess.Popen(command, env={**environment, **more}, stdout=subprocess.PIPE, text=True, cwd=ROOT)

        yield start


def output_of(process: "subprocess.Popen[str]") -> str:
    """Wait for a command and return its output. Errors: RuntimeError when it fails."""
    output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{process.args} failed with status {process.returncode}.")
    return output


def statistics(folder: Path, database_url: str, installed: Installed = Installed.BEFORE) -> dict[str, Any]:
    """Import an export into an empty database and return the statistics, from running counts that have passed the audit."""
    with workspace(database_url) as start:
        output_of(start("migrate", "-v0", STATISTICS_COUNTING="tallies" if installed is Installed.BEFORE else "live"))
        importing = start("import_chat", "rocketchat", str(folder.resolve()))
        if installed is Installed.DURING:
            time.sleep(4)
            assert importing.poll() is None, "the import has already finished"
            output_of(start("tallies", "install"))
        sys.stderr.write(output_of(importing))
        if installed is Installed.AFTER:
            output_of(start("tallies", "install"))
        document = json.loads(output_of(start("generate_statistics", "--json")))
        audit = output_of(start("audit_tallies"))
        assert "\n0 differences in " in audit, audit
        output_of(start("backfill_history"))
        sys.stdout.write(output_of(start("-m", "tests.oracles.calendar", str(folder.resolve()))))
        return document


def differences(expected: dict[str, Any], actual: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the expected and the actual value of each key for which they differ."""
    return {key: (value, actual.get(key)) for key, value in expected.items() if actual.get(key) != value}


def main() -> int:
    """Verify on SQLite and PostgreSQL, with all times of installation. Return 1 if there is a difference, otherwise 0."""
    folder = Path(sys.argv[1])
    expected = count(folder)
    any_differs = False
    for name, database in DATABASES.items():
        for installed in Installed:
            with database() as url:
                differing = differences(expected, statistics(folder, url, installed))
            any_differs |= bool(differing)
            print(f"{name}, counts installed {installed}: {len(expected)} statistics, {len(differing)} differ", flush=True)
            for key, (oracle, actual) in differing.items():
                print(f"  {key}: {oracle!r} in the files, {actual!r} in the statistics")
    return int(any_differs)


@contextmanager
def sqlite() -> Iterator[str]:
    """Yield an empty URL, for which the workspace uses its own SQLite file."""
    yield ""


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a temporary PostgreSQL server and yield its URL."""
    server = PostgreSQL()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


DATABASES = {"SQLite": sqlite, "PostgreSQL": postgresql}

if __name__ == "__main__":
    sys.exit(main())
