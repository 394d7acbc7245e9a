"""Finding the collections of a workspace in what administrators have, and saying what is not read."""

import gzip
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import bson
import pytest

from statsproject.chat.importers.rocketchat.backup import Backup, open_backup, open_collection
from tests.importers.dumps import FORMATS, convert, encoded, pack_tar, pack_zip, write_archive, write_databases, write_dump
from tests.importers.samples import COUNTS, SPELLINGS, array, lines, of_shell, pretty, workspace, write_export


def counts(backup: Backup) -> dict[str, int]:
    return {name: sum(document.value is not None for document in stream.documents()) for name, stream in backup.streams.items()}


def remarks(path: Path) -> str:
    return "\n".join(open_backup(path).remarks)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("render", [lines, array, pretty])
def test_mongoexport_in_all_spellings(tmp_path: Path, spelling: str, render: Callable[[list], bytes]) -> None:
    write_export(tmp_path, workspace(SPELLINGS[spelling]), render=render)
    assert counts(open_backup(tmp_path)) == COUNTS
    assert remarks(tmp_path) == ""


@pytest.mark.parametrize("kind", FORMATS)
def test_mongodump_in_all_formats(tmp_path: Path, kind: str) -> None:
    path = convert(write_export(tmp_path / "export"), tmp_path / "backup", kind)
    assert counts(open_backup(path)) == COUNTS
    assert counts(open_backup(path.rename(tmp_path / "renamed"))) == COUNTS
    assert remarks(tmp_path / "renamed") == ""


@pytest.mark.parametrize("kind", ["dump", "dump-gz", "archive", "archive.gz"])
def test_the_folder_that_a_backup_is_in_can_be_given(tmp_path: Path, kind: str) -> None:
    convert(write_export(tmp_path / "export"), tmp_path / "backups" / "monday", kind)
    assert counts(open_backup(tmp_path / "backups")) == COUNTS


@pytest.mark.parametrize("ending", ["tar.gz", "zip"])
def test_mongoexport_in_an_archive(tmp_path: Path, ending: str) -> None:
    folder = write_export(tmp_path / "export", render=array)
    path = (pack_zip if ending == "zip" else pack_tar)(tmp_path / f"x.{ending}", folder)
    assert counts(open_backup(path)) == COUNTS


@pytest.mark.parametrize(
    "name",
    [
        "{}.json",
        "{}.jsonl",
        "{}.ndjson",
        "{}.JSON",
        "rocketchat.{}.json",
        "meteor.{}.jsonl",
        lambda name: f"{name}.json".upper(),
        lambda name: f"{name.removeprefix('rocketchat_')}.json",
        lambda name: f"{name.removeprefix('rocketchat_').removesuffix('s')}s.ndjson",
        lambda name: f"Rocketchat-{name.removeprefix('rocketchat_').title()}.json",
    ],
)
def test_names_that_people_give_to_exports(tmp_path: Path, name: str | Callable[[str], str]) -> None:
    write_export(tmp_path, name=name.format if isinstance(name, str) else name)
    assert counts(open_backup(tmp_path)) == COUNTS


def test_a_name_that_is_not_the_usual_one_is_remarked_on(tmp_path: Path) -> None:
    write_export(tmp_path, {"messages": workspace()["rocketchat_message"]})
    assert remarks(tmp_path) == "messages.json is taken for rocketchat_message."


def test_the_very_name_goes_before_other_spellings(tmp_path: Path) -> None:
    write_export(tmp_path, {**workspace(), "messages": []})
    assert counts(open_backup(tmp_path)) == COUNTS
    assert remarks(tmp_path) == "Not read: messages.json: if it is part of rocketchat_message, it has to have that name."


def test_two_files_of_one_collection_are_refused(tmp_path: Path) -> None:
    write_export(tmp_path)
    (tmp_path / "users.jsonl.gz").touch()
    with pytest.raises(ValueError, match=r"several files for users: users\.json, users\.jsonl\.gz\. Keep one of them"):
        open_backup(tmp_path)


def test_the_database_is_chosen_by_what_it_holds(tmp_path: Path) -> None:
    collections = encoded(write_export(tmp_path / "export"))
    other = {"users": [bson.encode({"_id": 1})], "sessions": [], "rocketchat_room": []}
    write_dump(tmp_path / "dump", collections, "parties")
    write_dump(tmp_path / "dump", other, "shop")
    write_dump(tmp_path / "dump", {"system.users": [], "system.version": []}, "admin")
    archive = write_databases(tmp_path / "x.archive", {"shop": other, "parties": collections, "admin": {"system.users": []}})
    for path in (tmp_path / "dump", pack_tar(tmp_path / "x.tar.gz", tmp_path / "dump"), archive):
        assert counts(open_backup(path)) == COUNTS
        assert "shop" in remarks(path)


def test_of_several_workspaces_one_has_to_be_named(tmp_path: Path) -> None:
    collections = encoded(write_export(tmp_path / "export"))
    archive = write_databases(tmp_path / "x.archive", {"one": collections, "two": collections})
    with pytest.raises(ValueError, match=r"several databases .*: x\.archive!one, x\.archive!two\. .*--database"):
        open_backup(archive)
    assert counts(open_backup(archive, database="two")) == COUNTS
    write_export(tmp_path / "both", name="one.{}.json".format)
    write_export(tmp_path / "both", name="two.{}.json".format)
    with pytest.raises(ValueError, match=r"several databases .*: one, two\. "):
        open_backup(tmp_path / "both")
    assert {stream.name for stream in open_backup(tmp_path / "both", database="two").streams.values()} == {
        f"two.{name}.json" for name in COUNTS
    }


def test_files_that_are_not_what_their_names_say_are_read_and_named(tmp_path: Path) -> None:
    packed = {name: list(documents) for name, documents in encoded(write_export(tmp_path / "export")).items()}
    folder = write_export(tmp_path / "odd", name="{}.json.gz".format)
    (folder / "users.json.gz").write_bytes(b"".join(packed["users"]))
    (folder / "rocketchat_room.json.gz").write_bytes(
        gzip.compress(lines(workspace()["rocketchat_room"]).decode().encode("utf-16"))
    )
    (folder / "rocketchat_uploads.json.gz").write_bytes(
        gzip.compress(lines(workspace()["rocketchat_uploads"]).replace(b"\n", b",\n"))
    )
    assert counts(open_backup(folder)) == COUNTS
    assert set(open_backup(folder).remarks) == {
        "users.json.gz is not gzip, in spite of its name: it is read as it is.",
        "users.json.gz is BSON, in spite of its name: it is read as such.",
        "rocketchat_subscription.json.gz is not gzip, in spite of its name: it is read as it is.",
        "rocketchat_message.json.gz is not gzip, in spite of its name: it is read as it is.",
        "rocketchat_room.json.gz is in UTF-16: it is read as such.",
        "rocketchat_uploads.json.gz has a trailing comma after each line: the commas are ignored.",
    }


def test_files_beside_the_known_ones_are_named(tmp_path: Path) -> None:
    write_export(tmp_path, {"users": workspace()["users"]})
    for name in ("notes.txt", "rocketchat_settings.json", "rocketchat_message (1).json", "mesages.json", ".DS_Store"):
        (tmp_path / name).touch()
    (tmp_path / ".old").mkdir()
    (tmp_path / ".old" / "users.json").touch()
    (tmp_path / "rocketchat_room.json").symlink_to(tmp_path / "nowhere")
    assert set(open_backup(tmp_path).remarks) == {
        "Not read: notes.txt, .old/users.json, rocketchat_settings.json.",
        "Not read: rocketchat_message (1).json: if it is part of rocketchat_message, it has to have that name.",
        "Not read: mesages.json: if it is part of rocketchat_message, it has to have that name.",
        "Not read: rocketchat_room.json: a link to a file that does not exist.",
    }


def test_many_other_files_are_counted_and_kept_statistics_are_offered(tmp_path: Path) -> None:
    others = {f"rocketchat_other_{number:02}": [] for number in range(15)}
    write_export(tmp_path, {**workspace(), **others, "rocketchat_statistics": [{"_id": "1"}]})
    [offer, others_named] = open_backup(tmp_path).remarks
    assert offer.endswith(f"are imported by: manage.py import_statistics {tmp_path}")
    assert others_named.endswith("rocketchat_other_09.json and 5 more.")


def test_a_name_that_cannot_be_printed_is_named_all_the_same(tmp_path: Path) -> None:
    write_export(tmp_path)
    os.close(os.open(os.fsencode(tmp_path) + b"/\xff", os.O_CREAT))
    assert remarks(tmp_path) == "Not read: ?."


def slack(folder: Path) -> Path:
    (folder / "general").mkdir(parents=True)
    for name in ("users.json", "channels.json", "general/2024-01-01.json"):
        (folder / name).write_text("[]")
    return folder


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path, "does not exist."),
        (lambda path: path.mkdir(), "contains none of users, rocketchat_team, rocketchat_room"),
        (slack, "is a Slack export: import_chat slack "),
        (lambda path: pack_zip(path, slack(path.with_name("exported"))), "is a Slack export: import_chat slack "),
        (lambda path: write_export(path, {"realm": []}), "is a Zulip export"),
        (lambda path: path.write_text('{"type": "version", "version": 1}\n'), "is a Mattermost export"),
        (lambda path: write_export(path, {"WiredTiger": []}, name=str), "has a MongoDB server's data files"),
        (lambda path: write_export(path, {"holiday": [], "recipes": []}), "Not read: holiday.json, recipes.json."),
        (lambda path: write_export(path, render=of_shell), "is in the format of the mongo shell"),
        (lambda path: path.write_bytes(of_shell(workspace()["users"])), "is in the format of the mongo shell"),
        (lambda path: path.write_bytes(lines(workspace()["users"])), "has not the name of a collection"),
    ],
)
def test_what_is_no_backup_is_named_in_one_sentence(tmp_path: Path, make: Callable[[Path], object], sentence: str) -> None:
    make(tmp_path / "given")
    with pytest.raises(ValueError, match="given") as caught:
        open_backup(tmp_path / "given")
    assert sentence in str(caught.value)


def test_a_mattermost_export_is_named(tmp_path: Path) -> None:
    (tmp_path / "import.jsonl").write_text('{"type": "version", "version": 1}\n')
    for path in (tmp_path, tmp_path / "import.jsonl"):
        with pytest.raises(ValueError, match="is a Mattermost export: import_chat mattermost "):
            open_backup(path)


def test_a_damaged_archive_of_mongodump_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "x.archive", encoded(write_export(tmp_path / "export")))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"x\.archive: a damaged or incomplete archive of mongodump: copy it again"):
        open_backup(path)


def test_what_is_in_hidden_folders_of_an_archive_is_ignored(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"export/{file.name}")
            archive.writestr(f"__MACOSX/export/._{file.name}", b"\0\5\x16\7")
    assert counts(open_backup(tmp_path / "x.zip")) == COUNTS
    assert remarks(tmp_path / "x.zip") == ""


@pytest.mark.parametrize("kind", [*FORMATS, "lines"])
def test_one_collection_can_be_opened_by_its_name(tmp_path: Path, kind: str) -> None:
    kept = [{"_id": "s1"}, {"_id": "s2"}]
    path = write_export(tmp_path / "export", {**workspace(), "rocketchat_statistics": kept})
    if kind != "lines":
        collections = {**encoded(path), "rocketchat_statistics": [bson.encode(document) for document in kept]}
        (tmp_path / "backup").mkdir()
        path = FORMATS[kind](tmp_path / "backup", collections)
    stream = open_collection(path, "rocketchat_statistics")
    assert stream is not None
    assert [document.value for document in stream.documents()] == kept
    assert open_collection(path, "rocketchat_settings") is None


def test_a_single_file_is_opened_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "statistics-2019"
    path.write_text(json.dumps([{"_id": "s1"}], indent=1))
    stream = open_collection(path, "rocketchat_statistics")
    assert stream is not None
    assert [document.value for document in stream.documents()] == [{"_id": "s1"}]
