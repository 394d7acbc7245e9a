"""Imports from Slack, Mattermost and Zulip that are killed, and resume."""

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from statsproject.chat.importers.export import DocumentStream
from statsproject.chat.importers.report import StreamReport
from statsproject.chat.models import ImportProgress, Message
from statsproject.programs.processes import Program
from tests.importers.mattermost.exports import large as large_mattermost
from tests.importers.slack.exports import large as large_slack
from tests.importers.slack.exports import message
from tests.importers.stored import Files, load, rejects, rejects_of, to_json, write_folder, write_tar, write_zip
from tests.importers.tables import empty_tables, table_hashes
from tests.importers.zulip.exports import large as large_zulip
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class Interrupted(Exception):
    """An import was interrupted after a batch."""


def slack(path: Path, messages: int) -> Path:
    unknown = {"elsewhere/2023-11-13.json": to_json([message(second) for second in range(9)])}
    return write_zip(path, {**large_slack(3, messages), **unknown})


def mattermost(path: Path, messages: int) -> Path:
    files: Files = large_mattermost(3, messages)
    lines = files["import.jsonl"].replace(b'"create_at":17000000001', b'"create_at":"x')
    return write_zip(path, {**files, "import.jsonl": lines})


def zulip(path: Path, messages: int) -> Path:
    unknown = {"messages-000000.json": to_json({"zerver_message": [{"id": -number, "recipient": 0} for number in range(9)]})}
    return write_tar(path, {**unknown, **large_zulip(3, messages)})


WRITERS: dict[str, Callable[[Path, int], Path]] = {"slack": slack, "mattermost": mattermost, "zulip": zulip}


@pytest.mark.parametrize("kind", WRITERS)
def test_an_import_interrupted_after_each_batch_resumes_there(tmp_path: Path, kind: str) -> None:
    path = WRITERS[kind](tmp_path / "export", 11_000)
    report = load(kind, path)
    assert report.rejected > 0
    expected = table_hashes(), rejects(path)
    empty_tables()
    seen: set[tuple[str, int]] = set()

    def interrupt(stream: DocumentStream, report: StreamReport) -> None:
        assert (stream.name, report.documents) not in seen, "a batch was loaded twice"
        seen.add((stream.name, report.documents))
        raise Interrupted

    with pytest.raises(Interrupted):
        load(kind, path, interrupt)
    while ImportProgress.objects.exists():
        try:
            last = load(kind, path, interrupt)
        except Interrupted:
            continue
    assert len(seen) >= 6
    assert (table_hashes(), rejects(path)) == expected
    assert [(stream.name, stream.documents, stream.rejected) for stream in last.streams] == [
        (stream.name, stream.documents, stream.rejected) for stream in report.streams
    ]


def test_an_import_starts_again_if_a_file_changed_that_the_messages_depend_on(tmp_path: Path) -> None:
    path = write_folder(tmp_path / "export", large_slack(3, 50))

    def interrupt(stream: DocumentStream, report: StreamReport) -> None:
        if stream.name == "messages":
            raise Interrupted

    with pytest.raises(Interrupted):
        load("slack", path, interrupt)
    channels = path / "channels.json"
    changed = channels.read_bytes().replace(b'"C0"', b'"C9"').replace(b'"C1"', b'"C8"')
    before = channels.stat()
    channels.write_bytes(changed)
    os.utime(channels, ns=(before.st_atime_ns, before.st_mtime_ns - 10**9))
    load("slack", path)
    resumed = set(Message.objects.values_list("room", flat=True))
    assert {"C9", "C8"} <= resumed


def start_import(running: Programs, kind: str, path: Path, name: str) -> Program:
    command = [sys.executable, str(ROOT / "manage.py"), "import_chat", kind, str(path), "--rejects", str(rejects_of(path))]
    return running.start_command(name, *command)


def kill_and_resume(running: Programs, kind: str, path: Path, kills: int) -> int:
    """Kill an import at random times, let it finish, and compare it with one without kills. Returns how many kills hit it."""
    started = time.monotonic()
    assert start_import(running, kind, path, "uninterrupted").process.wait(200) == 3
    duration = time.monotonic() - started
    expected = table_hashes(), rejects(path)
    empty_tables()
    hits = 0
    for number in range(kills):
        attempt = start_import(running, kind, path, f"attempt-{number}")
        time.sleep(random.uniform(0.5, max(1.0, duration * 0.6)))
        hits += attempt.process.poll() is None
        running.kill(attempt)
        if not ImportProgress.objects.exists():
            # Either nothing or everything was written. The next import starts from the beginning.
            empty_tables()
    assert start_import(running, kind, path, "last").process.wait(200) == 3
    assert (table_hashes(), rejects(path)) == expected
    assert not ImportProgress.objects.exists()
    return hits


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
def test_an_import_resumed_after_two_kills_equals_an_uninterrupted_one(running: Programs, tmp_path: Path, kind: str) -> None:
    assert kill_and_resume(running, kind, WRITERS[kind](tmp_path / "export", 20_000), 2) >= 1


@pytest.mark.long
@pytest.mark.parametrize("kind", WRITERS)
def test_an_import_resumed_after_ten_kills_equals_an_uninterrupted_one(running: Programs, tmp_path: Path, kind: str) -> None:
    assert kill_and_resume(running, kind, WRITERS[kind](tmp_path / "export", 40_000), 10) >= 3
