"""`make up`: starting it, using it at the printed address, and stopping it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from statsproject.programs.processes import Program, free_port, wait_until
from tests.services.programs import ROOT

pytestmark = pytest.mark.slow
READY = "Press Ctrl-C to stop."


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL can reach if it has to run as another user."""
    path = Path(tempfile.mkdtemp(prefix="stats-up-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def start(folder: Path) -> Program:
    """Start it on a free port and wait until it is ready."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"VAR_DIR": str(folder), "PORT": str(free_port()), "PYTHONPATH": str(ROOT)}
    program = Program.start("up", [sys.executable, "-m", "statsproject.up"], log_dir=folder, env=environment)
    wait_until(lambda: READY in program.log.read_text(), "The deployment", [program], 120)
    return program


def printed(program: Program, pattern: str) -> str:
    """Return what a printed line says."""
    found = re.search(pattern, program.log.read_text())
    assert found
    return found[1]


def test_the_printed_address_account_and_command_work_and_ctrl_c_stops_everything(folder: Path) -> None:
    program = start(folder)
    running = psutil.Process(program.process.pid).children(recursive=True)
    try:
        url = printed(program, r"running at (\S+)/\n")
        login = {"user": "admin", "password": printed(program, r"administrator +admin / (\S+),")}
        data = requests.post(f"{url}/api/v1/login", json=login, timeout=30).json()["data"]
        headers = {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}
        command = printed(program, r"\n(\(set -a.*)\n").replace("COMMAND", "create_token admin --name once")
        subprocess.run(["sh", "-c", command], cwd=ROOT, check=True, capture_output=True)
        answer = requests.get(f"{url}/api/v1/statistics", params={"refresh": "true"}, headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["totalUsers"], answer.json()["instanceCount"]) == (200, 1, 2)
    finally:
        running += [one for one in psutil.Process(program.process.pid).children(recursive=True) if one not in running]
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(60) == 0
    assert [one for one in running if one.is_running()] == []
    assert {(folder / "up" / name).stat().st_mode & 0o777 for name in ("environment", "secret_key", "administrator.json")} == {
        0o600
    }
