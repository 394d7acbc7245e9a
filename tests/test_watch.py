"""`make watch`: another process of ours is watched over HTTP, as Rocket.Chat would be."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from statsproject.programs.processes import ProcessError, Program, free_port, wait_until
from statsproject.watch.server import folder_of
from tests.conftest import Person
from tests.factories import make_messages, make_room
from tests.services.programs import ROOT, Programs

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "statsproject.watch"]
READY = "Press Ctrl-C to stop."
VARIABLES = ("DATABASE_URL", "REDIS_URL", "STATISTICS_REMOTE_URL", "STATISTICS_REMOTE_USER_ID", "STATISTICS_REMOTE_TOKEN")


class Watch:
    """Starts `make watch` in a folder, on a port of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        mine = {"VAR_DIR": str(folder), "PORT": str(self.port), "PYTHONPATH": str(ROOT), "no_proxy": "*"}
        kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        self.environment = {**kept, **mine, **environment}
        self.program: Program | None = None

    def start(self) -> str:
        """Start it, wait until it is ready, and return what it printed."""
        program = self.program = Program.start("watch", COMMAND, log_dir=self.folder, env=self.environment)
        wait_until(lambda: READY in program.log.read_text(), "The watch", [program], 120)
        return program.log.read_text()

    def start_at_terminal(self, *answers: str) -> str:
        """Start it at a terminal where somebody answers, stop it when it is ready, and return what it printed."""
        terminal, other_end = os.openpty()
        ends = {"stdin": other_end, "stdout": other_end, "stderr": other_end}
        with subprocess.Popen(COMMAND, env=self.environment, cwd=ROOT, start_new_session=True, **ends) as program:
            os.close(other_end)
            left, printed = list(answers), ""
            with suppress(OSError):  # this is how a terminal ends that no program has open
                while data := os.read(terminal, 4096):
                    printed += data.decode()
                    # What is typed before the question for a password is thrown away.
                    if left and printed.endswith(": "):
                        os.write(terminal, f"{left.pop(0)}\n".encode())
                    if READY in printed:
                        program.send_signal(signal.SIGINT)
            os.close(terminal)
        return printed

    def stop(self) -> list[psutil.Process]:
        """Interrupt it, and return those of its processes that are left."""
        assert self.program
        started = psutil.Process(self.program.process.pid).children(recursive=True)
        self.program.process.send_signal(signal.SIGINT)
        assert self.program.process.wait(60) == 0
        self.program = None
        return [one for one in started if one.is_running()]

    def run(self) -> "subprocess.CompletedProcess[str]":
        """Run it where it fails at once."""
        return subprocess.run(COMMAND, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)

    def get(self, path: str, headers: dict[str, str], **parameters: str) -> dict[str, Any]:
        """Return the answer of its API."""
        response = requests.get(f"http://127.0.0.1:{self.port}/api/v1/{path}", parameters, headers=headers, timeout=60)
        assert response.status_code == 200, response.text
        return response.json()

    def sign_in(self, printed: str) -> dict[str, str]:
        """Log in with the printed password, and return the headers of the API."""
        found = re.search(r"administrator +(\S+) / (\S+),", printed)
        assert found
        login = {"user": found[1], "password": found[2]}
        data = requests.post(f"http://127.0.0.1:{self.port}/api/v1/login", json=login, timeout=30).json()["data"]
        return {"X-User-Id": data["userId"], "X-Auth-Token": data["authToken"]}


@pytest.fixture
def watched(running: Programs, viewer: Person) -> dict[str, str]:
    """A server of ours with seven messages, as the environment variables that name it."""
    make_messages(make_room(), 7)
    assert viewer.user
    _, url = running.web()
    return {
        "STATISTICS_REMOTE_URL": url,
        "STATISTICS_REMOTE_USER_ID": viewer.user.pk,
        "STATISTICS_REMOTE_TOKEN": viewer.token,
        "STATISTICS_INTERVAL": "2",
    }


@pytest.fixture
def watch(watched: dict[str, str], tmp_path: Path) -> Iterator[Watch]:
    started = Watch(tmp_path / "watch-var", **watched)
    yield started
    if started.program:
        started.program.stop(signal.SIGINT)


def test_a_server_is_watched_until_ctrl_c_and_again_with_the_same_data(
    watch: Watch, watched: dict[str, str], running: Programs, viewer: Person
) -> None:
    printed = watch.start()
    assert watched["STATISTICS_REMOTE_URL"] in printed
    headers = watch.sign_in(printed)
    assert watch.get("statistics", headers)["totalMessages"] == 7
    make_messages(make_room(), 3)
    assert watch.get("statistics", headers, refresh="true")["totalMessages"] == 10
    wait_until(lambda: watch.get("statistics.list", headers)["total"] > 5, "The schedule", [watch.program], 60)
    manage = re.search(r"\n(VAR_DIR=.*)\n", printed)
    assert manage
    command = manage[1].replace("COMMAND", "create_token admin --name once")
    subprocess.run(["sh", "-c", command], cwd=ROOT, env=watch.environment, check=True, capture_output=True)
    assert watch.stop() == []

    running.stop_all()
    printed = watch.start()
    assert "cannot be reached: Connection refused. It will be asked again." in printed
    assert watch.get("statistics", headers)["totalMessages"] == 10
    assert watch.stop() == []
    folder = folder_of(watched["STATISTICS_REMOTE_URL"], watch.folder / "watch")
    files = [path for path in watch.folder.rglob("*") if path.is_file()]
    assert folder / "watch.sqlite3" in files
    assert [path for path in files if viewer.token.encode() in path.read_bytes()] == []
    assert (folder / "administrator.json").stat().st_mode & 0o777 == 0o600


def test_a_server_that_refuses_ends_the_first_start_in_words(watch: Watch, member: Person) -> None:
    assert member.user
    watch.environment |= {"STATISTICS_REMOTE_TOKEN": "wrong-token"}
    wrong = watch.run()
    assert wrong.returncode == 1
    assert "did not accept the user id and the token" in wrong.stderr
    watch.environment |= {"STATISTICS_REMOTE_USER_ID": member.user.pk, "STATISTICS_REMOTE_TOKEN": member.token}
    forbidden = watch.run()
    assert forbidden.returncode == 1
    assert "does not show its statistics to the account of the token" in forbidden.stderr
    for text in ("wrong-token", member.token, "Traceback"):
        assert text not in wrong.stdout + wrong.stderr + forbidden.stdout + forbidden.stderr


def test_who_sits_at_the_terminal_is_asked_once(watch: Watch, watched: dict[str, str], viewer: Person) -> None:
    assert viewer.user
    for name in ("STATISTICS_REMOTE_USER_ID", "STATISTICS_REMOTE_TOKEN"):
        del watch.environment[name]
    refused = watch.start_at_terminal(viewer.user.pk, "wrong-token")
    assert "did not accept the user id and the token" in refused
    assert READY not in refused
    first = watch.start_at_terminal(viewer.user.pk, viewer.token)
    assert READY in first
    assert viewer.token not in first
    second = watch.start()
    assert watched["STATISTICS_REMOTE_URL"] in second
    headers = watch.sign_in(first)
    assert watch.get("statistics", headers, refresh="true")["totalMessages"] == 7
    assert watch.stop() == []
    files = [path for path in watch.folder.rglob("*") if path.is_file()]
    assert [path for path in files if viewer.token.encode() in path.read_bytes()] == []


URL = "https://chat.example.com"


@pytest.mark.parametrize(
    ("environment", "error"),
    [
        ({}, "URL has to be the address of a server: make watch URL=https://chat.example.com"),
        ({"STATISTICS_REMOTE_URL": "chat.example.com"}, "URL=chat.example.com cannot be used. It must be an address"),
        ({"STATISTICS_REMOTE_URL": "https://ada:hidden@chat.example.com"}, "URL cannot be used. It must be an address"),
        (
            {"STATISTICS_REMOTE_URL": URL},
            "STATISTICS_REMOTE_USER_ID and STATISTICS_REMOTE_TOKEN must be in the environment.",
        ),
        (
            {"STATISTICS_REMOTE_URL": URL, "STATISTICS_REMOTE_USER_ID": "id", "STATISTICS_REMOTE_TOKEN": "hidden token"},
            "STATISTICS_REMOTE_TOKEN cannot be used. It must be a text",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(tmp_path: Path, environment: dict[str, str], error: str) -> None:
    result = Watch(tmp_path, **environment).run()
    assert result.returncode == 1
    assert error in result.stderr
    assert "hidden" not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://chat.example.com", "chat.example.com"),
        ("https://Chat.example.com/", "chat.example.com"),
        ("http://127.0.0.1:3000", "127.0.0.1-3000"),
        ("https://example.com/../chat", "example.com-..-chat"),
        ("https://[::1]:3000", "1-3000"),
    ],
)
def test_each_server_has_a_folder_of_its_own(url: str, name: str) -> None:
    folder = folder_of(url, Path("watch"))
    assert folder.parent == Path("watch")
    assert re.fullmatch(re.escape(name) + "-[0-9a-f]{8}", folder.name)


def test_addresses_that_read_alike_have_different_folders() -> None:
    addresses = ["https://a.example/b", "https://a.example-b", "https://a.example/B", "https://a.example:80/b"]
    assert len({folder_of(url, Path("watch")) for url in addresses}) == 4
    assert folder_of("https://A.example/", Path("watch")) == folder_of("https://a.example", Path("watch"))


def test_an_address_without_a_name_has_no_folder() -> None:
    with pytest.raises(ProcessError, match="must name a server"):
        folder_of("https://-", Path("watch"))
