"""`manage.py import_statistics`: any file of documents, repeated and damaged."""

import gzip
import io
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import bson
import pytest
from bson.json_util import loads
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statistics_app.models import GaugeRollup, Snapshot
from statistics_app.models.snapshot import Origin
from tests.foreign.eras import ERAS, in_2017, in_2021
from tests.importers.dumps import pack_tar, pack_zip, write_archive, write_dump

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DOCUMENTS = [era() for era in ERAS]
PAGE = {"statistics": DOCUMENTS, "count": 4, "offset": 0, "total": 4, "success": True}
IN_BSON = [bson.encode(loads(json.dumps(document))) for document in DOCUMENTS]
WRITTEN: dict[str, bytes] = {
    "kept.jsonl": "\n".join(map(json.dumps, DOCUMENTS)).encode(),
    "kept.json": json.dumps(DOCUMENTS).encode(),
    "indented.json": "\n".join(json.dumps(one, indent=1) for one in DOCUMENTS).encode(),
    "kept.jsonl.gz": gzip.compress("\n".join(map(json.dumps, DOCUMENTS)).encode()),
    "page.json": json.dumps(PAGE).encode(),
    "indented_page.json": json.dumps(PAGE, indent=2).encode(),
    "pages.jsonl": "\n".join(json.dumps({**PAGE, "statistics": [one]}) for one in DOCUMENTS).encode(),
    "kept.bson": b"".join(IN_BSON),
}


def run(path: Path | str, folder: Path) -> str:
    out = StringIO()
    call_command("import_statistics", str(path), rejects=folder / "rejects.jsonl", stdout=out)
    return out.getvalue()


def some_rejected(path: Path | str, folder: Path) -> str:
    """Run the command, which has to end with the status that says so."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_statistics", str(path), rejects=folder / "rejects.jsonl", stdout=out)
    assert ended.value.code == 3
    return out.getvalue()


@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_is_imported_however_it_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(WRITTEN[name])
    out = run(tmp_path / name, tmp_path)
    assert f"{name}: 4 documents, 4 new, 0 known, 0 rejected" in out
    assert "4 snapshots" in out
    assert Snapshot.objects.filter(origin=Origin.IMPORT, is_rolled_up=True).count() == 4
    assert GaugeRollup.objects.filter(key="totalUsers").count() == 4


@pytest.mark.parametrize("name", ["kept.jsonl", "kept.jsonl.gz", "page.json", "indented.json", "kept.bson"])
def test_standard_input_is_imported(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(WRITTEN[name]))))
    assert "standard input: 4 documents, 4 new" in run("-", tmp_path)


def test_the_file_in_a_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "rocketchat_statistics.jsonl").write_bytes(WRITTEN["kept.jsonl"])
    assert "4 new" in run(tmp_path, tmp_path)


@pytest.mark.parametrize("name", ["backup.archive", "backup.archive.gz", "backup.zip", "backup.tar.gz"])
def test_those_in_a_backup_are_found(name: str, tmp_path: Path) -> None:
    if ".archive" in name:
        write_archive(tmp_path / name, {"rocketchat_statistics": IN_BSON, "users": []})
    else:
        pack = pack_zip if name.endswith(".zip") else pack_tar
        pack(tmp_path / name, write_dump(tmp_path / "dump", {"rocketchat_statistics": IN_BSON, "users": []}, is_packed=True))
    assert "4 documents, 4 new, 0 known, 0 rejected" in run(tmp_path / name, tmp_path)


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept.jsonl").write_bytes(WRITTEN["kept.jsonl"])
    run(tmp_path / "kept.jsonl", tmp_path)
    before = list(GaugeRollup.objects.order_by("key", "hour").values())
    assert "4 documents, 0 new, 4 known" in run(tmp_path / "kept.jsonl", tmp_path)
    assert list(GaugeRollup.objects.order_by("key", "hour").values()) == before


def test_what_cannot_be_imported_is_listed_with_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    future = in_2017(_id="soon", createdAt={"$date": "2190-01-01T00:00:00Z"})
    lines = [json.dumps(in_2017()), '{"_id": "cut', json.dumps({"_id": "u1", "username": "ada"}), json.dumps(future)]
    file.write_text("\n".join(lines))
    out = some_rejected(file, tmp_path)
    assert "4 documents, 1 new, 0 known, 3 rejected" in out
    listed = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text().splitlines()]
    assert [(one["line"], one["file"]) for one in listed] == [(number, str(file)) for number in (2, 3, 4)]
    assert "truncated" in listed[0]["reason"]
    assert "in the future" in listed[2]["reason"]
    assert [one["text"] for one in listed] == ["", "u1", "soon"]


@pytest.mark.parametrize(
    ("text", "words"),
    [('{"_id": "u1", "username": "ada"}\n', "contains no statistics document"), ("", "is empty"), ("\n \n", "is empty")],
)
def test_nothing_imported_is_no_success(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "users.jsonl").write_text(text)
    with pytest.raises(CommandError, match=words):
        run(tmp_path / "users.jsonl", tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"path": "missing.jsonl"}, "missing.jsonl does not exist"),
        ({}, "either a path or --url"),
        ({"path": "-", "url": "https://chat.example.org"}, "either a path or --url"),
        ({"url": "https://chat.example.org", "user_id": "", "token": ""}, "ROCKETCHAT_TOKEN"),
        ({"url": "http://chat.example.org", "user_id": "u", "token": "t"}, "in the clear"),
    ],
)
def test_wrong_arguments_are_told_in_words(arguments: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("import_statistics", rejects=tmp_path / "rejects.jsonl", **arguments)


def test_a_folder_without_statistics_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="contains no rocketchat_statistics"):
        run(tmp_path, tmp_path)


LINES = st.sampled_from([json.dumps(one) for one in DOCUMENTS] + [json.dumps(in_2021(_id=f"more{n}")) for n in range(5)])
DAMAGE: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [
        lambda line: line,
        lambda line: line[: len(line) // 2],
        lambda line: line.replace(":", "", 1),
        lambda line: "\0" + line,
        lambda line: f"[{line}]",
        lambda line: json.dumps({"statistics": [json.loads(line), 7]}),
        lambda line: line.replace("20", "-20"),
    ]
)


@given(lines=st.lists(st.tuples(LINES, DAMAGE), min_size=1, max_size=12))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_accepted_and_rejected_documents_add_up_whatever_the_damage(
    lines: list[tuple[str, Callable[[str], str]]], tmp_path: Path
) -> None:
    damaged = [damage(line) for line, damage in lines]
    expected = sum(2 if '"statistics"' in line else 1 for line in damaged)
    # The first line tells that there is one document in each.
    (tmp_path / "kept.jsonl").write_text("\n".join([json.dumps(in_2017()), *damaged]))
    out = StringIO()
    with suppress(SystemExit):
        call_command("import_statistics", str(tmp_path / "kept.jsonl"), rejects=tmp_path / "rejects.jsonl", stdout=out)
    counts = out.getvalue().splitlines()[0].partition(": ")[2].split(", ")
    documents, new, known, rejected = (int(text.split()[0]) for text in counts)
    assert documents == new + known + rejected == expected + 1
    assert len((tmp_path / "rejects.jsonl").read_text().splitlines()) == rejected
    Snapshot.objects.all().delete()
