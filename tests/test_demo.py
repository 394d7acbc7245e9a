"""The whole demonstration: started, used as a newcomer would, stopped without a trace."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from statsproject.demo.processes import Program, free_port, wait_until
from tests.services.programs import ROOT

pytestmark = pytest.mark.slow


class Demo:
    """A running demonstration."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.facts_file = folder / "demo.json"
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        environment |= {"VAR_DIR": str(folder), "PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        self.program = Program.start(
            "demo", [sys.executable, "-m", "statsproject.demo"], log_dir=folder / "log", env=environment
        )

    def wait(self) -> dict[str, str]:
        """Wait until it is open, and return the facts."""
        wait_until(lambda: "Ctrl-C ends it all." in self.program.log.read_text(), "The demo", [self.program], 120)
        return json.loads(self.facts_file.read_text())

    def processes(self) -> list[psutil.Process]:
        """List all that it runs."""
        return psutil.Process(self.program.process.pid).children(recursive=True)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    started = Demo(tmp_path)
    try:
        yield started
    finally:
        started.program.stop(signal.SIGINT)


def test_a_newcomer_gets_the_statistics_and_ctrl_c_leaves_nothing_behind(demo: Demo) -> None:
    facts = demo.wait()
    assert facts["url"] == f"http://127.0.0.1:{demo.port}"
    assert demo.facts_file.stat().st_mode & 0o777 == 0o600
    assert (demo.facts_file.parent / "secret_key").stat().st_mode & 0o777 == 0o600
    said = demo.program.log.read_text()

    curl = re.search(r"^curl .*$", said, re.MULTILINE)
    assert curl
    answer = json.loads(subprocess.check_output(["sh", "-c", f"{curl[0]} --silent"], text=True))
    assert answer["success"] is True
    assert (answer["totalUsers"], answer["totalRooms"], answer["totalMessages"]) == (300, 60, 100_000)
    assert all(answer[key] for key in ("totalChannels", "totalPrivateGroups", "totalDirect", "totalLivechat"))
    assert all(answer[key] for key in ("botUsers", "appUsers", "activeGuests", "totalThreads", "uploadsTotal"))
    assert answer["instanceCount"] >= 1

    login = {"user": facts["username"], "password": facts["password"]}
    assert requests.post(f"{facts['url']}/api/v1/login", json=login, timeout=30).json()["data"]["userId"] == facts["userId"]
    plain = {"user": facts["plainUsername"], "password": facts["plainPassword"]}
    data = requests.post(f"{facts['url']}/api/v1/login", json=plain, timeout=30).json()["data"]
    headers = {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}
    assert requests.get(f"{facts['url']}/api/v1/statistics", headers=headers, timeout=30).status_code == 403
    assert requests.get(f"{facts['url']}/statistics/", timeout=30).status_code == 200

    running = demo.processes()
    assert len(running) >= 4
    demo.program.process.send_signal(signal.SIGINT)
    assert demo.program.process.wait(60) == 0
    assert [process for process in running if process.is_running()] == []
    assert not demo.facts_file.exists()


@pytest.mark.parametrize("moment", ["redis-server", "granian", "celery"])
def test_ctrl_c_while_it_starts_leaves_nothing_behind(demo: Demo, moment: str) -> None:
    seen: dict[int, psutil.Process] = {}

    def is_there() -> bool:
        seen.update({process.pid: process for process in demo.processes()})
        return any(moment in " ".join(process.cmdline()) for process in seen.values() if process.is_running())

    wait_until(is_there, moment, [demo.program])
    demo.program.process.send_signal(signal.SIGINT)
    seen.update({process.pid: process for process in demo.processes()})
    assert demo.program.process.wait(60) == 0
    assert [process for process in seen.values() if process.is_running()] == []


def test_a_part_that_dies_ends_the_rest_and_is_named(demo: Demo) -> None:
    demo.wait()
    running = demo.processes()
    broker = next(process for process in running if "redis-server" in process.name())
    broker.kill()
    assert demo.program.process.wait(60) == 1
    assert "'redis' ended" in demo.program.log.read_text()
    assert [process for process in running if process.is_running()] == []


def run_to_its_end(port: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a demonstration that cannot begin."""
    return subprocess.run(
        [sys.executable, "-m", "statsproject.demo"],
        env={**os.environ, "PORT": port, "VAR_DIR": str(folder)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_to_its_end(str(port), tmp_path)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr


@pytest.mark.parametrize("port", ["many", "0", "70000", "-1"])
def test_a_port_that_is_none_is_named(port: str, tmp_path: Path) -> None:
    done = run_to_its_end(port, tmp_path)
    assert done.returncode == 1
    assert f"PORT={port} is no port" in done.stderr
