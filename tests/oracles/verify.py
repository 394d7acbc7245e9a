"""`python -m tests.oracles.verify DIR`: import a folder into fresh databases and hold every count against the oracle.

The running counts are there before the import, are installed after it, and are installed in the middle of it. The history is
rebuilt, and held against the calendars of several zones.
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
    """When the running counts are installed."""

    BEFORE = "before the import"
    DURING = "during the import"
    AFTER = "after the import"


@contextmanager
def workspace(database_url: str) -> Iterator[Any]:
    """Make an empty workspace, and yield what starts management commands in it."""
    with tempfile.TemporaryDirectory(prefix="stats-verify-") as var:
        environment = {**os.environ, "VAR_DIR": var, "DATABASE_URL": database_url or f"sqlite:///{var}/verify.sqlite3"}
        environment["DJANGO_SETTINGS_MODULE"] = "statsproject.settings"

        def start(*arguments: str, **more: str) -> subprocess.Popen[str]:
            command = [sys.executable, *([] if arguments[0] == "-m" else [str(ROOT / "manage.py")]), *arguments]
            return subprocess.Popen(command, env={**environment, **more}, stdout=subprocess.PIPE, text=True, cwd=ROOT)

        yield start


def said(started: "subprocess.Popen[str]") -> str:
    """Wait for a command to end well, and return what it said."""
    text, _ = started.communicate()
    if started.returncode:
        raise RuntimeError(f"{started.args} failed with status {started.returncode}.")
    return text


def statistics(folder: Path, database_url: str, installed: Installed = Installed.BEFORE) -> dict[str, Any]:
    """Import a folder into an empty database and return what the statistics say, by running counts that pass the audit."""
    with workspace(database_url) as start:
        said(start("migrate", "-v0", STATISTICS_COUNTING="tallies" if installed is Installed.BEFORE else "live"))
        importing = start("import_chat", "rocketchat", str(folder.resolve()))
        if installed is Installed.DURING:
            time.sleep(4)
            assert importing.poll() is None, "the import is over already"
            said(start("tallies", "install"))
        sys.stderr.write(said(importing))
        if installed is Installed.AFTER:
            said(start("tallies", "install"))
        document = json.loads(said(start("generate_statistics", "--json")))
        audit = said(start("audit_tallies"))
        assert "\n0 differences in " in audit, audit
        said(start("backfill_history"))
        sys.stdout.write(said(start("-m", "tests.oracles.calendar", str(folder.resolve()))))
        return document


def differences(expected: dict[str, Any], said: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Name the keys on which the two disagree."""
    return {key: (value, said.get(key)) for key, value in expected.items() if said.get(key) != value}


def main() -> int:
    """Verify on SQLite and on PostgreSQL, in all three ways; 1 when anything differs."""
    folder = Path(sys.argv[1])
    expected = count(folder)
    wrong = False
    for name, database in DATABASES.items():
        for installed in Installed:
            with database() as url:
                differing = differences(expected, statistics(folder, url, installed))
            wrong |= bool(differing)
            print(f"{name}, counts installed {installed}: {len(expected)} statistics, {len(differing)} differ", flush=True)
            for key, (oracle, found) in differing.items():
                print(f"  {key}: the files hold {oracle!r}, the statistics say {found!r}")
    return int(wrong)


@contextmanager
def sqlite() -> Iterator[str]:
    """Say that the workspace has a file of its own."""
    yield ""


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a server, and end it."""
    server = PostgreSQL()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


DATABASES = {"SQLite": sqlite, "PostgreSQL": postgresql}

if __name__ == "__main__":
    sys.exit(main())
