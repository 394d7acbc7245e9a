"""Imports from Slack, Mattermost and Zulip that are killed, and resume."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from statsproject.chat.importers.export import DocumentStream
from statsproject.chat.importers.report import StreamReport
from statsproject.chat.models import ImportProgress, Message
from tests.importers.mattermost.exports import large as large_mattermost
from tests.importers.slack.exports import large as large_slack
from tests.importers.slack.exports import message
from tests.importers.stored import Files, load, rejects, to_json, write_folder, write_tar, write_zip
from tests.importers.tables import empty_tables, table_hashes
from tests.importers.zulip.exports import large as large_zulip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


class Interrupted(Exception):
    """An import was interrupted after a batch."""


def slack(path: Path, messages: int) -> Path:
    timeless = {"elsewhere/2023-11-13.json": to_json([message(second, ts=None) for second in range(9)])}
    return write_zip(path, {**large_slack(3, messages), **timeless})


def mattermost(path: Path, messages: int) -> Path:
    files: Files = large_mattermost(3, messages)
    lines = files["import.jsonl"].replace(b'"create_at":17000000001', b'"create_at":"x')
    return write_zip(path, {**files, "import.jsonl": lines})


def zulip(path: Path, messages: int) -> Path:
    timeless = {"messages-000000.json": to_json({"zerver_message": [{"id": -number, "recipient": 1} for number in range(9)]})}
    return write_tar(path, {**timeless, **large_zulip(3, messages)})


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
