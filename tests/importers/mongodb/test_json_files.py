"""Reading the files of an export: all formats that mongoexport writes, what else people take for JSON, and damaged files."""

import gzip
import json
from pathlib import Path

import pytest

from statsproject.chat.importers.mongodb.collection_file import CollectionFile
from statsproject.chat.importers.mongodb.layouts import Layout, recognize
from tests.importers.mongodb.streams import collection_file
from tests.importers.samples import pretty

DOCUMENTS = [{"_id": str(number), "text": 'brackets ]} and "quotes\\" {[', "deep": [{"a": [1]}]} for number in range(50)]
LINES = "".join(json.dumps(document) + "\n" for document in DOCUMENTS).encode()


def values(file: CollectionFile) -> list[object]:
    return [document.value for document in file.documents()]


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.jsonl.gz", "x.json.gz"])
def test_one_document_per_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(LINES) if name.endswith("gz") else LINES)
    assert values(collection_file(path)) == DOCUMENTS


@pytest.mark.parametrize("separator", [",", ",\n", "\n,\n  "])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_detected(tmp_path: Path, separator: str, indent: int | None) -> None:
    path = tmp_path / "x.json"
    path.write_text(f"[{separator.join(json.dumps(document, indent=indent) for document in DOCUMENTS)}]\n")
    assert values(collection_file(path)) == DOCUMENTS
    assert values(collection_file(path, is_array=True)) == DOCUMENTS


def test_an_array_read_in_several_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statsproject.chat.importers.json_text.READ_SIZE", 7)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(DOCUMENTS))
    assert values(collection_file(path)) == DOCUMENTS


def test_an_empty_array_and_an_empty_file_contain_no_documents(tmp_path: Path) -> None:
    for text in ("[]", "[ ]\n", "", "\n\n"):
        path = tmp_path / "x.json"
        path.write_text(text)
        assert values(collection_file(path)) == []


def test_reading_continues_after_a_damaged_element_of_an_array(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"_id":"1"},{"_id":"2","x":nonsense},{"_id":"3"}]')
    first, second, third = collection_file(path).documents()
    assert (first.value, third.value) == ({"_id": "1"}, {"_id": "3"})
    assert second.error == "invalid JSON"


def test_a_truncated_array_ends_with_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"_id":"1"},{"_id":"2","x":"no en')
    first, second = collection_file(path).documents()
    assert first.value == {"_id": "1"}
    assert second.error == "invalid JSON: truncated"


@pytest.mark.parametrize("text", ["[", '[{"_id":"1"}', '[{"_id":"1"},\n'])
def test_an_array_that_ends_between_elements_ends_with_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert [document.error for document in collection_file(path).documents()][-1] == "invalid JSON: truncated"


def test_lines_that_are_not_documents_are_reported_and_numbered(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"_id":"1"}\n\nnonsense}\n[1]\n\xff\xfe{"a":1}\n{"_id":"2"')
    errors = [(document.number, document.error) for document in collection_file(path).documents()]
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
    *complete, last = collection_file(path).documents()
    assert "truncated or corrupt" in last.error
    assert [document.value for document in complete if document.value] == DOCUMENTS[: len(complete)]


def test_documents_can_be_skipped(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(LINES)
    documents = [(document.number, document.value) for document in collection_file(path).documents(skip=48)]
    assert documents == [(49, DOCUMENTS[48]), (50, DOCUMENTS[49])]


@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "x.ndjson.gz", "x"])
def test_documents_on_many_lines_are_read_whatever_the_ending(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    text = pretty(DOCUMENTS)
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    assert values(collection_file(path)) == DOCUMENTS


@pytest.mark.parametrize("name", ["x.jsonl", "x.ndjson", "x.JSON"])
def test_an_array_is_read_whatever_the_ending(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(json.dumps(DOCUMENTS))
    assert values(collection_file(path)) == DOCUMENTS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [LINES, json.dumps(DOCUMENTS).encode(), b"\r\n" + LINES.replace(b"\n", b"\r\n")])
def test_byte_order_marks_and_utf_16(tmp_path: Path, encoding: str, text: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text.decode().replace("text", "täxt €😀").encode(encoding))
    assert [list(value) for value in values(collection_file(path))] == [["_id", "täxt €😀", "deep"]] * len(DOCUMENTS)


def test_utf_16_that_is_read_in_small_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statsproject.chat.importers.contents.READ_SIZE", 7)
    path = tmp_path / "x.json"
    path.write_bytes('{"_id": "😀€ä"}\n{"_id": "ä€😀"}\n'.encode("utf-16"))
    assert values(collection_file(path)) == [{"_id": "😀€ä"}, {"_id": "ä€😀"}]


def test_what_other_programs_take_for_json_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"_id":"1","n":NaN,"i":[-Infinity]}\n{"_id":"2","text":["half \\ud83d"]}\n{"_id":"3"},\n{"_id":"4"} ,\r\n')
    first, second, third, fourth = values(collection_file(path))
    assert str(first) == "{'_id': '1', 'n': nan, 'i': [-inf]}"
    assert second == {"_id": "2", "text": ["half \ufffd"]}
    assert (third, fourth) == ({"_id": "3"}, {"_id": "4"})


def test_errors_say_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"_id":"0"}\n{"_id":"1",}\n{"_id":["2",]}\n{"_id":"3"\n{"_id":ObjectId("4")}\n{"_id":'
        + "[" * 9999
        + "]" * 9999
        + "}\n"
    )
    assert [document.error for document in collection_file(path).documents()] == [
        "",
        "invalid JSON: trailing comma",
        "invalid JSON: trailing comma",
        "invalid JSON: truncated",
        "in the format of the mongo shell, which is not JSON",
        "invalid JSON",
    ]


def test_an_element_without_end_does_not_take_the_rest_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statsproject.chat.importers.json_text.LONGEST_LINE", 1000)
    path = tmp_path / "x.json"
    documents = [{"_id": str(number)} for number in range(100)]
    path.write_text('[{"_id":"1","x":"no end},' + ",".join(json.dumps(document) for document in documents) + "]")
    first, *others = collection_file(path).documents()
    assert first.error.startswith("invalid JSON")
    assert [document.value for document in others] == documents


def test_positions_move_with_the_reading(tmp_path: Path) -> None:
    documents = [{"_id": f"{number}", "text": str(number**50)} for number in range(20_000)]
    text = json.dumps(documents).encode()
    for name, contents in {"x.json": text, "x.json.gz": gzip.compress(text)}.items():
        (tmp_path / name).write_bytes(contents)
        stream = collection_file(tmp_path / name)
        assert (stream.position, stream.size) == (0, len(contents))
        shares = [stream.position / stream.size for _ in stream.documents()]
        assert shares == sorted(shares)
        for number in (5_000, 10_000, 15_000):
            assert shares[number] == pytest.approx(number / 20_000, abs=0.2)
        assert stream.position == stream.size


@pytest.mark.parametrize(
    ("contents", "described"),
    [
        (b'{ "_id" : "1", "ts" : ISODate("2018-02-24T13:13:00.236Z") }\n', "in the format of the mongo shell"),
        (b'{\n\t"_id" : ObjectId("5a"),\n\t"ts" : 1\n}\n', "in the format of the mongo shell"),
        (b"[\n  {\n    _id: 'x',\n    ts: ISODate('2018-02-24T13:13:00.236Z')\n  }\n]\n", "in the format of the mongo shell"),
        (b"_id,username\n1,x\n", "CSV"),
        (b"<!DOCTYPE html>\n", "HTML"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "compressed with Zstandard"),
    ],
)
def test_other_formats_are_refused_by_name(tmp_path: Path, contents: bytes, described: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(contents)
    with pytest.raises(ValueError, match=f"x.json is {described}"):
        collection_file(path).require_readable()


@pytest.mark.parametrize(
    ("head", "layout"),
    [
        (b"", Layout.EMPTY),
        (b'{"_id":"1"}\n{"_id":"2"}\n', Layout.LINES),
        (b'{"_id":"1"},\n{"_id":"2"},\n', Layout.LINES),
        (b'{"_id":"cut\n{"_id":"2"}\n', Layout.LINES),
        (b"[1]\n[2]\n", Layout.LINES),
        (b'[{"_id":"1"}]\n[{"_id":"2"}]\n', Layout.LINES),
        (b'[{"_id":"1"},\n{"_id":"2"}]\n', Layout.ARRAY),
        (b'[{"_id":"1"}]\n', Layout.ARRAY),
        (b'{"_id":"1",\n "x": 1}\n', Layout.ARRAY),
        (b'{\n"_id":"1"}\n', Layout.ARRAY),
        (b"\x05\x00\x00\x00\x00", Layout.BSON),
        (bytes([0x7B, 0, 0, 0, 2]) + b"_id\0", Layout.BSON),
        (b"\x6d\xe2\x99\x81", Layout.ARCHIVE),
    ],
)
def test_layouts_are_recognized(head: bytes, layout: Layout) -> None:
    assert recognize(head) is layout
