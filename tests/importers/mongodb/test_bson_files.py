"""Reading what mongodump writes: files of BSON and archives, also damaged ones."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statsproject.chat.importers.document import Document
from statsproject.chat.importers.json_documents import parse_documents
from statsproject.chat.importers.mongodb.archive import Namespace, read_namespaces, split_collection
from statsproject.chat.importers.mongodb.bson_documents import document_parser, load_decoder, split_bson
from statsproject.chat.importers.rocketchat.extended_json import parse_datetime, parse_id, parse_int
from tests.importers.dumps import write_archive, write_databases
from tests.importers.mongodb.streams import collection_file

DECODE = load_decoder()
VALUES = [
    {"_id": f"m{number}", "text": "x" * (number * 7 % 50), "u": {"_id": f"u{number}", "deep": [{"_id": 1}]}}
    for number in range(40)
]
SOURCES = [bson.encode(value) for value in VALUES]
OURS = Namespace("rocketchat", "rocketchat_message")


def read(data: bytes) -> list[Document]:
    return list(parse_documents(split_bson(BytesIO(data), DECODE), 0, document_parser(DECODE)))


def read_archive(data: bytes, namespace: Namespace = OURS) -> list[Document]:
    return list(parse_documents(split_collection(BytesIO(data), namespace, DECODE), 0, document_parser(DECODE)))


def archive(path: Path, block_size: int = 7) -> bytes:
    others = [bson.encode({"_id": f"other{number}", "u": {"_id": "inner"}}) for number in range(30)]
    collections = {"users": others, "rocketchat_message": SOURCES, "rocketchat_room": others, "empty": []}
    return write_archive(path / "x.archive", collections, block_size=block_size).read_bytes()


@pytest.mark.parametrize("is_packed", [False, True])
def test_documents_of_a_file_with_any_name(tmp_path: Path, is_packed: bool) -> None:
    path = tmp_path / "x.bson"
    data = b"".join(SOURCES)
    path.write_bytes(gzip.compress(data) if is_packed else data)
    stream = collection_file(path)
    assert [document.value for document in stream.documents()] == VALUES
    assert [document.number for document in stream.documents(skip=38)] == [39, 40]


def test_documents_that_do_not_begin_with_an_id_are_read() -> None:
    values = [{"x": 1, "_id": "1"}, {}, {"x": 2}, {"_id": 3}, {"y": {"_id": 4}}]
    assert [document.value for document in read(b"".join(map(bson.encode, values)))] == values


def test_values_are_those_of_extended_json() -> None:
    at = datetime(2018, 2, 24, 13, 13, 0, 236_000, tzinfo=UTC)
    value = {
        "_id": bson.ObjectId("5a" * 12),
        "ts": at,
        "late": bson.DatetimeMS(10**18),
        "size": bson.Int64(5),
        "x": 2.0,
        "b": b"\0",
    }
    [document] = read(bson.encode(value))
    found: dict[str, Any] = document.value or {}
    assert (parse_id(found["_id"], "_id"), parse_datetime(found["ts"], "ts")) == ("5a" * 12, at)
    assert (parse_int(found["size"], "size"), parse_int(found["x"], "x")) == (5, 2)
    assert parse_datetime(found["late"], "late") == datetime.max.replace(microsecond=999_000, tzinfo=UTC)
    assert document.excerpt.startswith('{"_id": "5a5a')


def test_text_that_is_not_utf_8_does_not_cost_the_document() -> None:
    source = bson.encode({"_id": "1", "text": "abc"}).replace(b"abc", b"a\xffc")
    assert [document.value for document in read(source)] == [{"_id": "1", "text": "a\ufffdc"}]


@pytest.mark.parametrize("missing", range(1, 40))
def test_a_truncated_file_gives_its_documents_and_an_error(missing: int) -> None:
    *complete, last = read(b"".join(SOURCES)[:-missing])
    assert [document.value for document in complete] == VALUES[:-1]
    assert last.error == "invalid BSON: truncated or damaged"


@pytest.mark.parametrize("length", [0, 3, 4, 40, 2**31 - 1, 2**32 - 1])
def test_a_wrong_length_costs_one_document(length: int) -> None:
    damaged = length.to_bytes(4, "little") + SOURCES[5][4:]
    documents = read(b"".join([*SOURCES[:5], damaged, *SOURCES[6:]]))
    assert [document.value for document in documents] == [*VALUES[:5], None, *VALUES[6:]]
    assert documents[5].error.startswith("invalid BSON")


@pytest.mark.parametrize("block_size", [1, 7, 1000])
def test_each_collection_of_an_archive_is_read(tmp_path: Path, block_size: int) -> None:
    data = archive(tmp_path, block_size)
    names = [Namespace("rocketchat", name) for name in ("users", "rocketchat_message", "rocketchat_room", "empty")]
    assert read_namespaces(BytesIO(data), DECODE) == names
    assert [document.value for document in read_archive(data)] == VALUES
    assert [len(read_archive(data, name)) for name in names] == [30, 40, 30, 0]


def test_a_wrong_length_that_ends_before_a_document_in_another_one_costs_one_document() -> None:
    data = b"".join(SOURCES)
    inner = data.index(b"_id", data.index(b"\x03u\x00", data.index(SOURCES[9]))) - 5
    assert data[inner - 1] == 0
    documents = read(inner.to_bytes(4, "little") + data[4:])
    assert [document.value for document in documents] == [None, *VALUES[1:]]


@pytest.mark.parametrize(
    "first_bytes",
    [
        b"PK\x03\x04",
        b"\x28\xb5\x2f\xfd",
        b"{\xff\xff\xff",
        b"[[[[",
        b"\x6d\xe2\x99\x81",
        b"\xfd7zX",
        b"\xff\xfe{\x00",
        b"\xef\xbb\xbf{",
    ],
)
def test_damage_to_the_first_bytes_of_a_file_costs_one_document(tmp_path: Path, first_bytes: bytes) -> None:
    path = tmp_path / "x.bson"
    path.write_bytes(first_bytes + b"".join(SOURCES)[4:])
    assert [document.value for document in collection_file(tmp_path).documents()] == [None, *VALUES[1:]]


def test_collections_with_the_same_name_in_several_databases_are_told_apart(tmp_path: Path) -> None:
    path = write_databases(tmp_path / "x", {"a": {"users": SOURCES[:3]}, "b": {"users": SOURCES[3:]}}, 2)
    found = [len(read_archive(path.read_bytes(), Namespace(database, "users"))) for database in "ab"]
    assert found == [3, 37]


def test_a_truncated_archive_gives_its_documents_and_an_error(tmp_path: Path) -> None:
    data = archive(tmp_path)
    *complete, last = read_archive(data[: len(data) // 2])
    assert [document.value for document in complete if document.value] == VALUES[: sum(bool(one.value) for one in complete)]
    assert "the archive ends before the end of rocketchat_message: it is truncated" in last.error


def test_a_damaged_block_does_not_cost_the_others(tmp_path: Path) -> None:
    data = bytearray(archive(tmp_path))
    at = data.index(SOURCES[20])
    data[at : at + 4] = b"\xff\xff\xff\x7f"
    assert [document.value for document in read_archive(bytes(data))] == [*VALUES[:20], None, *VALUES[21:]]
    assert len(read_archive(bytes(data), Namespace("rocketchat", "users"))) == 30


Damage = Callable[[bytes], bytes]


@st.composite
def damages(draw: st.DrawFn) -> Damage:
    """Some bytes are changed, missing or added."""
    cuts = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=30)), min_size=1, max_size=4))

    def damage(data: bytes) -> bytes:
        for share, removed, added in cuts:
            at = int(share * len(data))
            data = data[:at] + added + data[at + removed :]
        return data

    return damage


def assert_counted(documents: list[Document], sources: int, cuts: int) -> None:
    """Assert that documents are numbered without gaps, each read or with an error, and that few are lost."""
    assert [document.number for document in documents] == list(range(1, len(documents) + 1))
    assert all((document.value is None) == bool(document.error) for document in documents)


@settings(max_examples=300, deadline=None)
@given(damages())
def test_damaged_bson_is_read_as_far_as_it_is_whole(damage: Damage) -> None:
    data = damage(b"".join(SOURCES))
    documents = read(data)
    assert_counted(documents, len(SOURCES), 4)
    whole = [value for value, source in zip(VALUES, SOURCES, strict=True) if source in data]
    found = [document.value for document in documents]
    # Each damaged place can cost the document before it, which ends where the next one should begin.
    assert len([value for value in whole if value not in found]) <= 8


@settings(max_examples=300, deadline=None)
@given(damages(), st.integers(1, 50))
def test_a_damaged_archive_is_read_as_far_as_it_is_whole(
    tmp_path_factory: pytest.TempPathFactory, damage: Damage, block_size: int
) -> None:
    path = tmp_path_factory.mktemp("archive")
    data = damage(archive(path, block_size))
    documents = read_archive(data)
    assert_counted(documents, len(SOURCES), 4)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_whatsoever_stop_the_reading(data: bytes) -> None:
    assert_counted(read(data), 0, 0)
    assert_counted(read_archive(b"\x6d\xe2\x99\x81" + data), 0, 0)
    assert_counted(read_archive(b"\x6d\xe2\x99\x81" + bson.encode({}) + b"\xff\xff\xff\xff" + data), 0, 0)


def test_without_pymongo_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "bson", None)
    path = tmp_path / "users.bson"
    path.write_bytes(SOURCES[0])
    with pytest.raises(ValueError, match="pip install pymongo"):
        collection_file(path).require_readable()
