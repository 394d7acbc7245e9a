"""The demo: starting it, following its printed instructions, and stopping it."""

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

from statsproject.programs.processes import free_port, wait_until
from tests.importers.samples import write_export
from tests.services.demo import Demo, running_demo
from tests.services.programs import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def small(tmp_path: Path) -> None:
    """The demo's database with few messages, which it then does not fill: for tests of other things."""
    script = (
        "import django; django.setup(); from django.core.management import call_command; from django.utils import timezone; "
        "from statsproject.chat.seeding import Plan, fill; "
        "call_command('migrate', verbosity=0); fill(Plan(now=timezone.now(), messages=1000))"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "statsproject.settings",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}",
    }
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with running_demo(tmp_path) as started:
        yield started


def test_printed_curl_command_and_credentials_work_and_ctrl_c_stops_everything(demo: Demo) -> None:
    credentials = demo.wait()
    url = credentials["url"]
    assert url == f"http://127.0.0.1:{demo.port}"
    assert demo.credentials_file.stat().st_mode & 0o777 == 0o600
    assert (demo.credentials_file.parent / "secret_key").stat().st_mode & 0o777 == 0o600

    curl = re.search(r"^curl .*$", demo.program.log.read_text(), re.MULTILINE)
    assert curl
    answer = json.loads(subprocess.check_output(["sh", "-c", f"{curl[0]} --silent"], text=True))
    assert answer["success"] is True
    assert (answer["totalUsers"], answer["totalRooms"], answer["totalMessages"]) == (300, 60, 100_000)
    assert all(answer[key] for key in ("totalChannels", "totalPrivateGroups", "totalDirect", "totalLivechat"))
    assert all(answer[key] for key in ("botUsers", "appUsers", "activeGuests", "totalThreads", "uploadsTotal"))
    assert answer["instanceCount"] >= 1
    assert demo.statistics(credentials, "statistics.list", count="1")["total"] > 90 * 24 - 24

    login = {"user": credentials["username"], "password": credentials["password"]}
    assert requests.post(f"{url}/api/v1/login", json=login, timeout=30).json()["data"]["userId"] == credentials["userId"]
    plain = {"user": credentials["plainUsername"], "password": credentials["plainPassword"]}
    data = requests.post(f"{url}/api/v1/login", json=plain, timeout=30).json()["data"]
    headers = {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}
    assert requests.get(f"{url}/api/v1/statistics", headers=headers, timeout=30).status_code == 403
    assert requests.get(f"{url}/statistics/", timeout=30).status_code == 200

    running = demo.processes()
    assert len(running) >= 5
    assert any("statsproject.demo.run_crowd" in process.cmdline() for process in running)
    demo.program.process.send_signal(signal.SIGINT)
    assert demo.program.process.wait(60) == 0
    assert [process for process in running if process.is_running()] == []
    assert not demo.credentials_file.exists()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("program", ["redis-server", "granian", "celery"])
def test_ctrl_c_during_startup_stops_everything(demo: Demo, program: str) -> None:
    seen: dict[int, psutil.Process] = {}

    def has_started() -> bool:
        seen.update({process.pid: process for process in demo.processes()})
        return any(program in " ".join(process.cmdline()) for process in seen.values() if process.is_running())

    wait_until(has_started, program, [demo.program])
    demo.program.process.send_signal(signal.SIGINT)
    seen.update({process.pid: process for process in demo.processes()})
    assert demo.program.process.wait(60) == 0
    assert [process for process in seen.values() if process.is_running()] == []


@pytest.mark.usefixtures("small")
def test_a_program_that_exits_is_reported_and_the_others_are_stopped(demo: Demo) -> None:
    demo.wait()
    running = demo.processes()
    broker = next(process for process in running if "redis-server" in process.name())
    broker.kill()
    assert demo.program.process.wait(60) == 1
    assert "'redis' exited with status" in demo.program.log.read_text()
    assert [process for process in running if process.is_running()] == []


@pytest.mark.usefixtures("small")
def test_messages_come_while_the_demo_runs(tmp_path: Path) -> None:
    with running_demo(tmp_path, DEMO_MESSAGES_PER_HOUR="36000") as demo:
        credentials = demo.wait()
        before = demo.statistics(credentials)["totalMessages"]
        wait_until(lambda: demo.statistics(credentials, refresh="true")["totalMessages"] > before, "A message", [demo.program])


def test_an_export_is_shown_instead_as_it_is_also_at_the_second_start(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export of ours")
    for _ in range(2):
        with running_demo(tmp_path, DIR=str(folder)) as demo:
            credentials = demo.wait()
            answer = demo.statistics(credentials)
            # The accounts of the demonstration come in addition.
            assert (answer["totalUsers"], answer["totalRooms"], answer["totalMessages"]) == (5 + 2, 4, 20)
            assert demo.statistics(credentials, "statistics.list", count="1")["total"] == 1
            assert not any("statsproject.demo.run_crowd" in process.cmdline() for process in demo.processes())


def test_an_export_that_cannot_be_imported_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run_demo(str(free_port()), tmp_path, DIR=str(tmp_path / "empty"))
    assert result.returncode == 1
    assert f"{tmp_path / 'empty'}" in result.stderr
    assert "Traceback" not in result.stderr


def test_make_passes_the_export_and_its_kind_on() -> None:
    command = ["make", "--dry-run", "--silent", "demo", "DIR=some folder", "KIND=slack"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "DIR='some folder' KIND='slack' .venv/bin/python -m statsproject.demo" in printed


def run_demo(port: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a demo that fails at once, and return the result."""
    return subprocess.run(
        [sys.executable, "-m", "statsproject.demo"],
        env={**os.environ, "PORT": port, "VAR_DIR": str(folder), **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        result = run_demo(str(port), tmp_path)
    assert result.returncode == 1
    assert f"Port {port} is already in use" in result.stderr


@pytest.mark.parametrize("port", ["many", "0", "70000", "-1"])
def test_an_invalid_port_is_reported(port: str, tmp_path: Path) -> None:
    result = run_demo(port, tmp_path)
    assert result.returncode == 1
    assert f"PORT={port} is not a valid port" in result.stderr
