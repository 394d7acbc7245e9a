"""The effects of an import on the running site, and what it shows on a terminal."""

import contextlib
import os
import random
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest
import requests

from statsproject.chat.models import Message
from statsproject.programs.processes import Program
from tests.conftest import Person
from tests.importers.exports import AT, export, message, room, subscription, user
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def large(folder: Path, messages: int) -> Path:
    """Write an export whose import takes several seconds, with rejected documents in every batch."""
    rng = random.Random(7)
    rooms = [room(f"r{number}", rng.choice("cpdl")) for number in range(50)]
    users = [user(f"u{number}") for number in range(300)]
    lines: list[dict | str] = []
    for number in range(messages):
        tmid = {"tmid": f"m{rng.randrange(messages)}"} if rng.random() < 0.2 else {}
        rid = f"r{rng.randrange(51)}" if number % 997 == 0 else f"r{rng.randrange(50)}"
        lines.append(message(f"m{number}", rid, f"u{rng.randrange(310)}", **tmid))
        if number % 1009 == 0:
            lines.append('{"_id": "cut')
            lines.append({"rid": rid, "ts": AT})
    subscriptions = [subscription(f"s{number}", f"r{number % 50}", f"u{number % 300}", ls=AT) for number in range(600)]
    return export(folder, users=users, room=rooms, subscription=subscriptions, message=lines)


def start_import(running: Programs, path: Path, name: str) -> Program:
    command = [sys.executable, str(ROOT / "manage.py"), "import_chat", "rocketchat", str(path)]
    return running.start_command(name, *command, "--rejects", str(path.parent / "rejects.jsonl"))


@pytest.mark.slow
def test_refreshes_and_pages_work_during_an_import(running: Programs, tmp_path: Path, viewer: Person) -> None:
    folder = large(tmp_path / "export", 60_000)
    _, url = running.web(STATISTICS_THROTTLE_REFRESH="")
    browser = viewer.browser()
    session = {"sessionid": browser.cookies["sessionid"].value}
    importing = start_import(running, folder, "import")
    counted = []
    while importing.process.poll() is None:
        response = requests.get(f"{url}/api/v1/statistics?refresh=true", headers=viewer.headers, timeout=60)
        assert response.status_code == 200
        counted.append(response.json()["totalMessages"])
        assert None not in (response.json()[key] for key in ("totalUsers", "totalRooms", "totalMessages", "totalThreads"))
        assert requests.get(f"{url}/statistics/", cookies=session, timeout=60).status_code == 200
    assert importing.process.returncode == 3, importing.log.read_text()
    assert counted == sorted(counted)
    assert any(0 < count < Message.objects.count() for count in counted)


def everything_on(terminal: int) -> bytes:
    """Read what is written to a terminal until its last writer ends; a terminal holds only a little at a time."""
    output = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody has the other end open
        while part := os.read(terminal, 4096):
            output += part
    os.close(terminal)
    return output


def test_the_progress_bar_is_shown_on_a_terminal_only(running: Programs, tmp_path: Path) -> None:
    folder = export(tmp_path / "export", users=[user(f"u{number}") for number in range(12_000)])
    command = [sys.executable, str(ROOT / "manage.py"), "import_chat", "rocketchat", str(folder)]
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (40, 120))
    on_terminal = subprocess.Popen(command, env=running.environment, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    assert re.search(r"users\.jsonl: .*%.*\[\d\d:\d\d<.*B/s, 12,000 documents", everything_on(master).decode())
    assert on_terminal.communicate()[0].decode().startswith("users.jsonl: 12,000 documents")
    assert on_terminal.returncode == 0
    piped = subprocess.run(command, env=running.environment, capture_output=True, check=True)
    assert piped.stderr == b""
