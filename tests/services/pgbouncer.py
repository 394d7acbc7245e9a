"""A PgBouncer in front of the server of this run, in transaction mode."""

import os
import shutil
from pathlib import Path
from typing import Any

from statsproject.programs.processes import Program, free_port, is_listening, wait_until

from .postgresql import UNPRIVILEGED

MISSING = (
    "The tests behind PgBouncer were skipped, since it was not found: install it (on Debian and Ubuntu: "
    "apt-get install pgbouncer)."
)


def find_pgbouncer() -> str | None:
    """Return the path of PgBouncer, or None."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class PgBouncer:
    """A pooler that gives every transaction any of a few sessions; `server` is Django's description of the database."""

    def __init__(self, folder: Path, server: dict[str, Any], sessions: int) -> None:
        self.port = free_port()
        self.folder = folder
        password = f" password={server['PASSWORD']}" if server["PASSWORD"] else ""
        self.config = f"""
[databases]
* = host={server["HOST"]} port={server["PORT"]} user={server["USER"]}{password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
server_reset_query_always = 0
"""
        self.url = f"postgresql://anybody@127.0.0.1:{self.port}/{server['NAME']}?DISABLE_SERVER_SIDE_CURSORS=True"

    def start(self) -> Program:
        """Start it and wait until it is ready; it refuses to run as root."""
        path = self.folder / "pgbouncer.ini"
        path.write_text(self.config)
        program = find_pgbouncer()
        assert program is not None
        account = ["-u", UNPRIVILEGED] if os.geteuid() == 0 else []
        started = Program.start("pgbouncer", (program, *account, str(path)), log_dir=self.folder / "log", env=dict(os.environ))
        wait_until(lambda: is_listening(self.port), "PgBouncer", [started])
        return started
