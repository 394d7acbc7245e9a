"""A temporary MariaDB server, where one is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from statsproject.programs.processes import Program, free_port, is_listening, wait_until

MISSING = (
    "The tests on MariaDB were skipped, since it was not found: install it (on Debian and Ubuntu: "
    "apt-get install mariadb-server)."
)
# Fast, but a crash of the server may lose data.
_FAST = ("--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--innodb-doublewrite=0", "--skip-log-bin")


def find_mariadb() -> str | None:
    """Return the path of the server, or None."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


# The folders of tests that apply to a database without triggers. Others need triggers, or SQL that MariaDB has not, in part.
FOLDERS = ("mariadb", "models", "snapshots", "sources")


def runs_on_mariadb(item: pytest.Item) -> bool:
    """Return whether a test applies to MariaDB: it depends on the database, and on nothing that only others have."""
    is_elsewhere = any(
        item.get_closest_marker(name) for name in ("only_postgresql", "only_sqlite", "needs_triggers", "not_mariadb")
    )
    is_in_folder = item.path.relative_to(Path(__file__).parents[1]).parts[0] in FOLDERS
    return is_in_folder and not is_elsewhere and bool(item.get_closest_marker("any_database"))


class MariaDB:
    """A MariaDB server with its data in a temporary folder, which `stop` removes."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stats-mariadb-"))
        self.port = free_port()
        self._program: Program | None = None

    @property
    def url(self) -> str:
        """The URL of a database, in the form of DATABASE_URL."""
        return f"mysql://chat:chat@127.0.0.1:{self.port}/chat"

    def start(self) -> None:
        """Create the database, start the server and wait until it is ready."""
        server = find_mariadb()
        assert server is not None, MISSING
        data = self.folder / "data"
        account = ["--user=root"] if os.geteuid() == 0 else []
        install = [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            *account,
        ]
        subprocess.run([*install, "--skip-test-db"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        init = self.folder / "init.sql"
        init.write_text("CREATE DATABASE chat;\nCREATE USER chat@'%' IDENTIFIED BY 'chat';\nGRANT ALL ON *.* TO chat@'%';\n")
        places = [
            f"--datadir={data}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--init-file={init}",
        ]
        command = [server, "--no-defaults", "--bind-address=127.0.0.1", f"--port={self.port}", "--skip-name-resolve"]
        self._program = Program.start(
            "mariadb", [*command, *places, *_FAST, *account], log_dir=self.folder / "log", env=dict(os.environ)
        )
        wait_until(lambda: is_listening(self.port), "MariaDB", [self._program])

    def stop(self) -> None:
        """Stop the server and remove the folder."""
        try:
            if self._program:
                self._program.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
