"""Splitting objects of arrays, and reading large files in parts."""

import io
import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statsproject.chat.importers.contents import Contents
from statsproject.chat.importers.files import open_tree
from statsproject.chat.importers.json_elements import LARGEST_PARSED_WHOLE, read_array, read_tables
from statsproject.chat.importers.json_tables import split_tables

TEXTS = st.text(st.sampled_from('ab"\\\\{}[],: \n'), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


class Slow(io.BytesIO):
    """A stream that yields a few bytes at a time."""

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(3)


def split(text: bytes, stream: type[io.BytesIO] = io.BytesIO) -> list[tuple[str, Any]]:
    """Return the elements with their names, and the errors."""
    return [(name, error or json.loads(element)) for name, (element, error) in split_tables(stream(text))]


@given(tables=st.dictionaries(TEXTS.filter(bool), VALUES, max_size=4), indent=st.sampled_from([None, 2, 4]))
def test_the_elements_of_all_arrays_are_found(tables: dict[str, Any], indent: int | None) -> None:
    expected: list[tuple[str, Any]] = []
    for name, value in tables.items():
        expected += [(name, one) for one in value] if isinstance(value, list) else [(name, "not a JSON array")]
    text = json.dumps(tables, indent=indent).encode()
    assert split(text) == expected
    assert split(text, Slow) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"", "invalid JSON: truncated"),
        (b"[]", "invalid JSON"),
        (b"{} x", "invalid JSON"),
        (b'{"a": [1 : 2]}', "invalid JSON"),
        (b'{"a": [}', "invalid JSON"),
        (b'{"a": }', "invalid JSON"),
        (b'{"a" []}', "invalid JSON"),
        (b"{1: []}", "invalid JSON"),
        (b'{"a": [', "invalid JSON: truncated"),
        (b'{"a": [{"b": 1}]', "invalid JSON: truncated"),
        (b'{"a": [{"b": 1}', "invalid JSON: truncated"),
    ],
)
def test_a_damaged_object_ends_with_an_error(text: bytes, error: str) -> None:
    assert split(text)[-1] == ("", error)


@given(cut=st.integers(0, 60))
def test_what_is_before_a_cut_is_found(cut: int) -> None:
    text = json.dumps({"a": [{"x": n} for n in range(5)], "b": [{"y": 1}]}).encode()
    found = list(split_tables(io.BytesIO(text[:cut])))
    assert found[-1][0] == ""
    whole = sum(text[:cut].count(b'{"x": %d}' % n) for n in range(5))
    assert [element for name, (element, _) in found if name == "a"][:whole] == [b'{"x": %d}' % n for n in range(whole)]


def rows(number: int) -> list[dict[str, Any]]:
    return [{"id": n, "text": f"x{n}" * 100, "inner": [{"id": n}]} for n in range(number)]


@pytest.mark.parametrize("indent", [None, 2, 4])
def test_large_files_are_read_like_small_ones(tmp_path: Path, indent: int | None) -> None:
    elements = rows(20_000)
    for name, value in (("array.json", elements), ("tables.json", {"one": elements, "other": [{}], "two": elements[:2]})):
        (tmp_path / name).write_text(json.dumps(value, indent=indent))
        assert (tmp_path / name).stat().st_size > LARGEST_PARSED_WHOLE
    files = {file.path: file for file in open_tree(tmp_path).files()}
    array, tables = files[PurePosixPath("array.json")], files[PurePosixPath("tables.json")]
    with Contents(array) as contents:
        found = list(read_array(array, contents.stream))
    assert [one.value for one in found] == elements
    assert found[-1].place == "array.json: 20000"
    with Contents(tables) as contents:
        named = list(read_tables(tables, contents.stream, ("one", "two")))
    assert [one.value for name, one in named if name == "one"] == elements
    assert [(name, one.place) for name, one in named[20_000:]] == [("two", f"tables.json, two: {n}") for n in (1, 2)]


def test_of_a_large_damaged_file_the_complete_elements_and_an_error_are_found(tmp_path: Path) -> None:
    text = json.dumps({"one": rows(20_000)}, indent=2)
    (tmp_path / "tables.json").write_text(text.replace('"x7x7', '"x7"x7', 1)[:-500])
    [file] = open_tree(tmp_path).files()
    with Contents(file) as contents:
        found = list(read_tables(file, contents.stream, ("one",)))
    assert [name for name, one in found if one.error] == ["one", "one", ""]
    assert found[-1][1].error.startswith("invalid JSON")
    assert [one.value["id"] for _, one in found if one.value] == [n for n in range(19_999) if n != 7]
