"""Nothing loaded is no success: the command's exit status and its words."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import CommandError, call_command

from statsproject.chat.importers.load import LoadStopped
from statsproject.chat.models import ImportProgress, Message, User
from tests.importers.dumps import FORMATS, convert
from tests.importers.exports import AT, export, load, message, rejects, room, user
from tests.importers.samples import COUNTS, of_shell, workspace, write_export
from tests.services.programs import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# The user of Unix who owns nothing.
NOBODY = 65534


def import_chat(path: Path) -> None:
    call_command("import_chat", "rocketchat", str(path), rejects=path.parent / "rejects.jsonl")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.django_db(transaction=True)
def test_a_backup_is_loaded_like_the_export_that_it_was_made_of(tmp_path: Path, kind: str) -> None:
    import_chat(convert(write_export(tmp_path / "export"), tmp_path / "backup", kind))
    assert User.objects.count() == COUNTS["users"]
    assert Message.objects.count() == COUNTS["rocketchat_message"]
    assert Message.objects.earliest("sent_at").sent_at.isoformat() == "2018-02-24T13:13:00.236000+00:00"


def test_all_documents_rejected_is_a_failure_that_says_why(tmp_path: Path) -> None:
    export(tmp_path / "export", message=["nonsense", "more", message("m1", "")])
    with pytest.raises(
        CommandError, match=r"all 3 documents of .*export were rejected, 2 of them .*: invalid JSON: truncated\.$"
    ):
        import_chat(tmp_path / "export")


def test_empty_collections_are_a_failure(tmp_path: Path) -> None:
    export(tmp_path / "export", message=[], users=[])
    with pytest.raises(CommandError, match="no documents in the collections of"):
        import_chat(tmp_path / "export")


def test_a_format_that_cannot_be_read_stops_before_anything_is_written(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export")
    (folder / "rocketchat_uploads.json").write_bytes(of_shell(workspace()["rocketchat_uploads"]))
    with pytest.raises(CommandError, match=r"rocketchat_uploads\.json is in the format of the mongo shell"):
        import_chat(folder)
    assert not User.objects.exists()


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    """A folder outside of those that only their owner may enter."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def without_privileges() -> Iterator[None]:
    """Give up the right to read everything, if this process has it."""
    user = os.geteuid()
    os.seteuid(user or NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_file_that_may_not_be_read_stops_before_anything_is_written(folder_of_nobody: Path) -> None:
    folder = write_export(folder_of_nobody / "export")
    (folder / "rocketchat_uploads.json").chmod(0)
    with (
        without_privileges(),
        pytest.raises(CommandError, match=r"rocketchat_uploads\.json cannot be read: Permission denied\."),
    ):
        import_chat(folder)
    assert not User.objects.exists()


def test_a_file_that_is_damaged_from_its_beginning_stops_before_anything_is_written(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export")
    (folder / "rocketchat_uploads.json").rename(folder / "rocketchat_uploads.json.gz")
    (folder / "rocketchat_uploads.json.gz").write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\0damaged")
    with pytest.raises(CommandError, match=r"rocketchat_uploads\.json\.gz"):
        import_chat(folder)
    assert not User.objects.exists()


def test_the_command_says_what_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_export(tmp_path / "export")
    (folder / "notes.txt").touch()
    import_chat(folder)
    assert "\nNot read: notes.txt.\n" in capsys.readouterr().out


def test_make_load_stops_where_nothing_is_loaded(tmp_path: Path) -> None:
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/load.sqlite3"}
    recipe = (ROOT / "Makefile").read_text().partition("\nload: ")[2].partition("\n\n")[0]
    script = "".join(f"{line.strip().removeprefix('@')}\n" for line in recipe.splitlines()[1:])
    command = (
        f"set -e\n{script}".replace("$(DIR)", str(tmp_path / "none"))
        .replace("$(BIN)/python", sys.executable)
        .replace("$(or $(KIND),rocketchat)", "rocketchat")
        .replace("$$", "$")
    )
    loading = subprocess.run(["sh", "-c", command], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert loading.returncode == 1
    assert loading.stderr.strip() == f"CommandError: {tmp_path / 'none'} does not exist."
    assert loading.stdout == ""


def test_a_file_that_grows_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    folder = export(tmp_path / "export", users=[user(f"u{number}") for number in range(10_001)])
    path = folder / "users.jsonl"

    def grow(*_: object) -> None:
        with path.open("a") as file:
            file.write('{"_id":"another"}\n')

    with pytest.raises(LoadStopped, match=r"users\.jsonl changed while it was read .*: wait until it is complete"):
        load(folder, on_batch=grow)
    assert User.objects.count() == 10_000
    assert load(folder).accepted == 10_002


def test_reasons_add_up_over_resumed_imports(tmp_path: Path) -> None:
    messages = [message(f"m{number}", ts="never" if number % 1000 == 0 else AT) for number in range(20_001)]
    folder = export(tmp_path / "export", room=[room("r1"), {"_id": "r2"}], message=[*messages, "nonsense"])

    def stop(stream: object, report: object) -> None:
        if ImportProgress.objects.filter(lines=10_000).exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(folder, on_batch=stop)
    report = load(folder)
    assert report.reasons == {"'ts' is not a valid time": 21, "unknown room type None": 1, "invalid JSON: truncated": 1}
    assert len(rejects(folder)) == report.rejected == 23
