"""Backups made of an export give the same rows and statistics as the export, and a script that reads the export agrees."""

import random
from pathlib import Path

import pytest

from statsproject.chat.importers.load import LoadOptions
from statsproject.chat.importers.load import load as load_export
from statsproject.chat.importers.rocketchat.export import RocketChatExport
from tests.importers.dumps import FORMATS, convert, encoded, write_archive
from tests.importers.exports import export, load, message, room, subscription, user
from tests.importers.stored import differences
from tests.importers.tables import empty_tables, table_hashes
from tests.oracles import verify_backups
from tests.oracles.rocketchat import count

SECONDS = 1_700_000_000


def made_up(folder: Path, messages: int = 2_000) -> Path:
    """Write an export of rooms of all kinds, with threads, pinned messages, missing rooms and users, and files."""
    rng = random.Random(5)

    def at(second: float) -> dict[str, int]:
        return {"$date": (SECONDS + round(second)) * 1000 + rng.randrange(1000)}

    return export(
        folder,
        ending="jsonl.gz",
        users=[user(f"u{n}", type=rng.choice(("user", "bot")), active=n % 7 > 0, lastLogin=at(n)) for n in range(60)],
        room=[room(f"r{n}", rng.choice("cpdlv"), teamId=f"t{n % 3}" if n % 4 else None, msgs=n) for n in range(30)],
        subscription=[subscription(f"s{n}", f"r{n % 31}", f"u{n % 61}", ls=at(n)) for n in range(200)],
        message=[
            message(
                f"m{rng.getrandbits(40):x}",
                f"r{rng.randrange(31)}",
                f"u{rng.randrange(61)}",
                ts=at(n * 3600),
                pinned=rng.random() < 0.01,
                **({"tmid": f"root{rng.randrange(50)}"} if rng.random() < 0.2 else {}),
                **({"_hidden": True} if rng.random() < 0.01 else {}),
            )
            for n in range(messages)
        ],
        uploads=[{"_id": f"f{n}", "rid": "r1", "userId": "u1", "size": n * 2**33, "uploadedAt": at(n)} for n in range(40)],
    )


@pytest.mark.django_db
@pytest.mark.any_database
def test_backups_of_all_kinds_give_the_rows_and_the_statistics_of_the_export(tmp_path: Path) -> None:
    folder = made_up(tmp_path / "export")
    expected = count(folder)
    load(folder)
    of_export = table_hashes()
    assert differences(expected) == {}
    for kind in FORMATS:
        empty_tables()
        load_export(RocketChatExport(convert(folder, tmp_path / kind, kind)), LoadOptions(rejects=tmp_path / "rejects.jsonl"))
        assert (kind, table_hashes(), differences(expected)) == (kind, of_export, {})


@pytest.mark.slow
def test_make_verify_finds_what_a_backup_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_up(tmp_path / "export", 50)
    expected = count(folder)
    whole = {name: list(documents) for name, documents in encoded(folder).items()}
    cut = {**whole, "rocketchat_message": [one for one in whole["rocketchat_message"] if b"_hidden" not in one][1:]}
    backups = {
        kind: write_archive(tmp_path / kind, collections) for kind, collections in (("whole.gz", whole), ("cut.gz", cut))
    }
    differing = verify_backups.verify({verify_backups.EXPORT: folder, **backups}, expected, "SQLite")
    output = capsys.readouterr().out
    agreeing = f"{len(expected)} statistics, 0 differ from the files; 6 tables, 0 differ from those of mongoexport"
    assert f"SQLite, whole.gz: {agreeing}" in output
    number = expected["totalMessages"]
    assert f"  totalMessages: {number} in the files, {number - 1} in the statistics" in output
    assert "  the rows of Message differ" in output
    assert differing >= 2


def test_make_verify_names_the_kinds_that_it_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_backups.main(tmp_path, ["archive.gz", "floppy"]) == 2
    assert capsys.readouterr().err.startswith("Unknown kind of backup: floppy. Known: dump, dump-gz, archive, archive.gz, tar,")
