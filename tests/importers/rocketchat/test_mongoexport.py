"""Reading the files of an export: all formats that mongoexport writes, and damaged files."""

import gzip
import json
from pathlib import Path

import pytest

from statsproject.chat.importers.rocketchat.mongoexport import MongoexportFile, find_file

DOCUMENTS = [{"_id": str(number), "text": 'brackets ]} and "quotes\\" {[', "deep": [{"a": [1]}]} for number in range(50)]
LINES = "".join(json.dumps(document) + "\n" for document in DOCUMENTS).encode()


def values(file: MongoexportFile) -> list[object]:
    return [document.value for document in file.documents()]


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.jsonl.gz", "x.json.gz"])
def test_one_document_per_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(LINES) if name.endswith("gz") else LINES)
    assert values(MongoexportFile(path)) == DOCUMENTS


@pytest.mark.parametrize("separator", [",", ",\n", "\n,\n  "])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_detected(tmp_path: Path, separator: str, indent: int | None) -> None:
    path = tmp_path / "x.json"
    path.write_text(f"[{separator.join(json.dumps(document, indent=indent) for document in DOCUMENTS)}]\n")
    assert values(MongoexportFile(path)) == DOCUMENTS
    assert values(MongoexportFile(path, is_array=True)) == DOCUMENTS


def test_an_array_read_in_several_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statsproject.chat.importers.json_array.READ_SIZE", 7)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(DOCUMENTS))
    assert values(MongoexportFile(path)) == DOCUMENTS


def test_an_empty_array_and_an_empty_file_contain_no_documents(tmp_path: Path) -> None:
    for text in ("[]", "[ ]\n", "", "\n\n"):
        path = tmp_path / "x.json"
        path.write_text(text)
        assert values(MongoexportFile(path)) == []


def test_reading_continues_after_a_damaged_element_of_an_array(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"_id":"1"},{"_id":"2","x":nonsense},{"_id":"3"}]')
    first, second, third = MongoexportFile(path).documents()
    assert (first.value, third.value) == ({"_id": "1"}, {"_id": "3"})
    assert second.error == "invalid JSON"


def test_a_truncated_array_ends_with_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"_id":"1"},{"_id":"2","x":"no en')
    first, second = MongoexportFile(path).documents()
    assert first.value == {"_id": "1"}
    assert second.error == "invalid JSON: truncated"


def test_lines_that_are_not_documents_are_reported_and_numbered(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"_id":"1"}\n\nnonsense}\n[1]\n\xff\xfe{"a":1}\n{"_id":"2"')
    errors = [(document.number, document.error) for document in MongoexportFile(path).documents()]
    assert errors == [
        (1, ""),
        (2, "invalid JSON"),
        (3, "not a JSON object"),
        (4, "invalid UTF-8"),
        (5, "invalid JSON: truncated"),
    ]


def test_a_truncated_gzip_file_gives_its_documents_and_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(LINES)[:-20])
    *complete, last = MongoexportFile(path).documents()
    assert "truncated or corrupt" in last.error
    assert [document.value for document in complete if document.value] == DOCUMENTS[: len(complete)]


def test_documents_can_be_skipped(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(LINES)
    documents = [(document.number, document.value) for document in MongoexportFile(path).documents(skip=48)]
    assert documents == [(49, DOCUMENTS[48]), (50, DOCUMENTS[49])]


def test_two_files_of_one_collection_are_refused(tmp_path: Path) -> None:
    (tmp_path / "users.json").touch()
    (tmp_path / "users.jsonl.gz").touch()
    with pytest.raises(ValueError, match=r"users\.json, users\.jsonl\.gz|users\.jsonl\.gz, users\.json"):
        find_file(tmp_path, "users")
