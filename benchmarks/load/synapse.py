"""A chat server that many people run: matrix-synapse, on SQLite, installed into a temporary folder."""

import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from .servers import ROOT

ROOMS = 50
PASSWORD = "bench"
SETTINGS = """
rc_login: {address: {per_second: 1000, burst_count: 1000}, account: {per_second: 1000, burst_count: 1000}}
rc_message: {per_second: 100000, burst_count: 100000}
rc_room_creation: {per_second: 1000, burst_count: 1000}
"""


@dataclass(frozen=True, slots=True)
class Synapse:
    """A running server, and the header of an administrator."""

    port: int
    headers: dict[str, str]


@contextmanager
def synapse() -> Iterator[Synapse]:
    """Install the server, run it with an administrator and some rooms, and remove everything."""
    from statsproject.programs.processes import Program, free_port, is_listening, wait_until

    with tempfile.TemporaryDirectory(prefix="stats-bench-") as name:
        folder, port = Path(name), free_port()
        print("installing matrix-synapse", flush=True)
        venv.create(folder / "venv", with_pip=True)
        python, config = str(folder / "venv/bin/python"), folder / "homeserver.yaml"
        required = str(ROOT / "requirements/synapse.txt")
        _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", required)
        server = [python, "-m", "synapse.app.homeserver", "--config-path", str(config)]
        _run(*server, "--server-name", "bench", "--generate-config", "--report-stats", "no", folder=folder)
        text = config.read_text().replace("port: 8008", f"port: {port}").replace("'::1', ", "")
        config.write_text(text + SETTINGS)
        program = Program.start("synapse", server, log_dir=folder / "log", env={"PATH": "/usr/bin:/bin"})
        try:
            wait_until(lambda: is_listening(port), "Synapse", [program], 120)
            yield Synapse(port, _fill(folder, config, port))
        finally:
            program.stop()


def _fill(folder: Path, config: Path, port: int) -> dict[str, str]:
    """Register an administrator who creates rooms, and return the header with the access token."""
    url = f"http://127.0.0.1:{port}"
    register = str(folder / "venv/bin/register_new_matrix_user")
    _run(register, "-c", str(config), "-u", "admin", "-p", PASSWORD, "-a", url)
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "admin"}, "password": PASSWORD}
    token = requests.post(f"{url}/_matrix/client/v3/login", json=login, timeout=60).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(ROOMS):
        requests.post(f"{url}/_matrix/client/v3/createRoom", json={}, headers=headers, timeout=60).raise_for_status()
    return headers


def _run(*command: str, folder: Path | None = None) -> None:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        print(result.stdout, result.stderr, file=sys.stderr)
        raise RuntimeError(f"{command[0]} has failed.")
