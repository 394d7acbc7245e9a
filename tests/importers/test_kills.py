"""Imports of every form of export that are killed at random moments, and resume."""

import gzip
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from statsproject.chat.models import ImportProgress
from statsproject.programs.processes import Program
from tests.importers.dumps import FORMATS, convert
from tests.importers.stored import rejects, rejects_of
from tests.importers.tables import empty_tables, table_hashes
from tests.importers.test_faults import large
from tests.importers.test_resumption import WRITERS
from tests.services.programs import ROOT, Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

SOME_REJECTED = 3
SECONDS_TO_END = 300


class Form(NamedTuple):
    """The kind of an export, and how one with so many messages, some of which are rejected, is written into a folder."""

    kind: str
    write: Callable[[Path, int], Path]


def lines(folder: Path, messages: int) -> Path:
    return large(folder / "export", messages)


def compressed(folder: Path, messages: int) -> Path:
    path = lines(folder, messages)
    for file in list(path.iterdir()):
        (path / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 1))
        file.unlink()
    return path


def arrays(folder: Path, messages: int) -> Path:
    path = lines(folder, messages)
    for file in list(path.iterdir()):
        # Of an array that is cut off within an element, everything behind is searched for the next one, which takes long.
        whole = [line for line in file.read_bytes().splitlines() if line.endswith(b"}")]
        file.write_bytes(b"[" + b",\n".join(whole) + b"]")
    return path


def backup(kind: str) -> Callable[[Path, int], Path]:
    return lambda folder, messages: convert(lines(folder, messages), folder / "backup", kind)


def chat(kind: str) -> Callable[[Path, int], Path]:
    return lambda folder, messages: WRITERS[kind](folder / "export", messages)


FORMS = {
    "lines": Form("rocketchat", lines),
    "lines.gz": Form("rocketchat", compressed),
    "array": Form("rocketchat", arrays),
    **{kind: Form("rocketchat", backup(kind)) for kind in FORMATS},
    **{kind: Form(kind, chat(kind)) for kind in WRITERS},
}


def start_import(running: Programs, kind: str, path: Path, name: str) -> Program:
    command = [sys.executable, str(ROOT / "manage.py"), "import_chat", kind, str(path), "--rejects", str(rejects_of(path))]
    return running.start_command(name, *command)


def finish(running: Programs, kind: str, path: Path, name: str) -> float:
    """Import without a kill, and return how many seconds it took."""
    started = time.monotonic()
    importing = start_import(running, kind, path, name)
    assert importing.process.wait(SECONDS_TO_END) == SOME_REJECTED, importing.log.read_text()
    return time.monotonic() - started


def kill_and_resume(running: Programs, kind: str, path: Path, kills: int) -> None:
    """Kill an import at random moments, let it finish, and compare the result with that of one that was never killed."""
    duration = finish(running, kind, path, "uninterrupted")
    expected = table_hashes(), rejects(path)
    assert expected[1], "resumption has to be proven for the list of rejects, too"
    empty_tables()
    hits = attempts = 0
    while hits < kills:
        attempt = start_import(running, kind, path, f"attempt-{attempts}")
        time.sleep(random.uniform(0.2, 0.8) * duration)
        hits += attempt.process.poll() is None
        attempts += 1
        running.kill(attempt)
        print(f"{path.name}: kill {hits} of {kills}, {ImportProgress.objects.count()} streams begun")
        if not ImportProgress.objects.exists():
            # Either nothing or everything was written. The next import starts from the beginning.
            empty_tables()
    finish(running, kind, path, "last")
    assert (table_hashes(), rejects(path)) == expected
    assert not ImportProgress.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["lines", "lines.gz", "array", "dump", "archive.gz", "tar.gz", *WRITERS])
def test_an_import_resumed_after_a_kill_equals_one_without(running: Programs, tmp_path: Path, form: str) -> None:
    kind, write = FORMS[form]
    kill_and_resume(running, kind, write(tmp_path, 12_000), 1)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("form", FORMS)
def test_an_import_resumed_after_ten_kills_equals_one_without(running: Programs, tmp_path: Path, form: str) -> None:
    kind, write = FORMS[form]
    kill_and_resume(running, kind, write(tmp_path, 25_000), 10)
