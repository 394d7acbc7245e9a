"""A database of SQLite is saved by the command that docs/operating.md prints, while it is being written."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from .printed import commands

MISSING = "SQLite's command is not installed (on Debian and Ubuntu: apt-get install sqlite3)."


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason=MISSING)
def test_a_copy_has_what_was_committed_and_not_yet_moved_out_of_the_log(tmp_path: Path) -> None:
    (save,) = commands("operating.md", "Save and restore an SQLite database")
    with closing(sqlite3.connect(tmp_path / "workspace.sqlite3", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE message (id)")
        writer.execute("INSERT INTO message VALUES (1)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO message VALUES (2)")
        subprocess.run(["sh", "-ec", save], cwd=tmp_path, check=True)
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT id FROM message").fetchall() == [(1,)]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
