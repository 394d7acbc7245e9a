"""An import that is killed goes on; one that runs disturbs nobody."""

import os
import random
import re
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
import requests
from django.db import connection

from statsproject.chat.models import ImportProgress, Message
from statsproject.demo.processes import Program
from tests.conftest import Person
from tests.importers.exports import AT, export, message, rejects, room, subscription, table_hashes, user
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def large(folder: Path, messages: int) -> Path:
    """An export that takes some seconds, with something to refuse in every batch."""
    rng = random.Random(7)
    rooms = [room(f"r{number}", rng.choice("cpdl")) for number in range(50)]
    people = [user(f"u{number}") for number in range(300)]
    lines: list[dict | str] = []
    for number in range(messages):
        tmid = {"tmid": f"m{rng.randrange(messages)}"} if rng.random() < 0.2 else {}
        where = f"r{rng.randrange(51)}" if number % 997 == 0 else f"r{rng.randrange(50)}"
        lines.append(message(f"m{number}", where, f"u{rng.randrange(310)}", **tmid))
        if number % 1009 == 0:
            lines.append('{"_id": "cut')
    places = [subscription(f"s{number}", f"r{number % 50}", f"u{number % 300}", ls=AT) for number in range(600)]
    return export(folder, users=people, room=rooms, subscription=places, message=lines)


def start_import(running: Programs, folder: Path, name: str) -> Program:
    command = [sys.executable, str(ROOT / "manage.py"), "import_chat", "rocketchat", str(folder)]
    return running.start_command(name, *command, "--rejects", str(folder / "rejects.jsonl"))


def empty_tables() -> None:
    with connection.cursor() as cursor:
        for table in ("message", "subscription", "upload", "room", "team"):
            cursor.execute(f"DELETE FROM chat_{table}")
        cursor.execute("DELETE FROM chat_user")


def kill_and_resume(running: Programs, folder: Path, kills: int) -> int:
    """Kill an import at random moments and let it come to its end; return how many kills found it at work."""
    undisturbed = start_import(running, folder, "undisturbed")
    began = time.monotonic()
    assert undisturbed.process.wait(200) == 3
    took = time.monotonic() - began
    expected = table_hashes(), rejects(folder)
    met = 0
    empty_tables()
    for number in range(kills):
        attempt = start_import(running, folder, f"attempt-{number}")
        time.sleep(random.uniform(0.5, max(1.0, took * 0.6)))
        if attempt.process.poll() is None:
            met += 1
        running.kill(attempt)
        if not ImportProgress.objects.exists():
            # Either nothing was written yet or all was: the next one begins anew.
            empty_tables()
    last = start_import(running, folder, "last")
    assert last.process.wait(200) == 3
    assert table_hashes() == expected[0]
    assert sorted(entry["line"] for entry in rejects(folder)) == sorted(entry["line"] for entry in expected[1])
    assert not ImportProgress.objects.exists()
    return met


@pytest.mark.slow
def test_three_kills_and_a_last_run_end_like_an_undisturbed_one(running: Programs, tmp_path: Path) -> None:
    assert kill_and_resume(running, large(tmp_path / "export", 40_000), 3) >= 1


@pytest.mark.long
def test_ten_kills_and_a_last_run_end_like_an_undisturbed_one(running: Programs, tmp_path: Path) -> None:
    assert kill_and_resume(running, large(tmp_path / "export", 200_000), 10) >= 3


@pytest.mark.slow
def test_snapshots_refreshes_and_pages_go_on_while_an_import_runs(running: Programs, tmp_path: Path, viewer: Person) -> None:
    folder = large(tmp_path / "export", 60_000)
    _, url = running.web(STATISTICS_THROTTLE_REFRESH="")
    browser = viewer.browser()
    session = {"sessionid": browser.cookies["sessionid"].value}
    importing = start_import(running, folder, "import")
    counted = []
    while importing.process.poll() is None:
        answer = requests.get(f"{url}/api/v1/statistics?refresh=true", headers=viewer.headers, timeout=60)
        assert answer.status_code == 200
        counted.append(answer.json()["totalMessages"])
        assert None not in (answer.json()[key] for key in ("totalUsers", "totalRooms", "totalMessages", "totalThreads"))
        assert requests.get(f"{url}/statistics/", cookies=session, timeout=60).status_code == 200
    assert importing.process.returncode == 3, importing.log.read_text()
    assert counted == sorted(counted)
    assert any(0 < count < Message.objects.count() for count in counted)


def test_a_terminal_sees_a_bar_with_rate_and_time_left_and_a_pipe_sees_none(running: Programs, tmp_path: Path) -> None:
    folder = export(tmp_path / "export", users=[user(f"u{number}") for number in range(12_000)])
    command = [sys.executable, str(ROOT / "manage.py"), "import_chat", "rocketchat", str(folder)]
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (40, 120))
    done = subprocess.run(command, env=running.environment, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert re.search(r"users\.jsonl: .*%.*\[\d\d:\d\d<.*B/s, 12,000 documents", seen)
    assert done.stdout.decode().startswith("users.jsonl: 12,000 documents")
    piped = subprocess.run(command, env=running.environment, capture_output=True, check=True)
    assert piped.stderr == b""
