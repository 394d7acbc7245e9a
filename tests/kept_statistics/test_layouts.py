"""Documents in any layout are found, and damage in one does not reach the next."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statsproject.chat.importers.json_documents import parse_documents
from statsproject.chat.kept_statistics.layouts import split_documents

DOCUMENTS: list[dict[str, Any]] = [{"_id": "a", "os": {"cpus": [{}, {"x": "}"}]}}, {"_id": "b"}, {"_id": "c", "n": None}]
INDENTED = [json.dumps(document, indent=1) for document in DOCUMENTS]
LAYOUTS = {
    "lines": "\n".join(map(json.dumps, DOCUMENTS)),
    "blank lines": "\n\n".join(map(json.dumps, DOCUMENTS)) + "\n\n",
    "array": json.dumps(DOCUMENTS),
    "indented array": json.dumps(DOCUMENTS, indent=4),
    "array of mongoexport": "[" + ",\n".join(INDENTED) + "]\n",
    "indented": "\n".join(INDENTED),
    "indented with commas": ",\n".join(INDENTED),
}


def read(text: bytes) -> list[Any]:
    found = parse_documents(split_documents(io.BytesIO(text)))
    return [document.error if document.value is None else document.value for document in found]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_documents_are_found_in_any_layout(layout: str, mark: bytes) -> None:
    assert read(mark + LAYOUTS[layout].encode()) == DOCUMENTS


def test_nothing_is_no_document() -> None:
    assert read(b"") == read(b"\n\n") == []


@pytest.mark.parametrize("layout", ["lines", "indented"])
def test_a_document_that_is_cut_off_costs_only_itself(layout: str) -> None:
    cut = LAYOUTS[layout].replace('"x": "}"', '"x": "')
    cut = cut.replace("}]}}", "", 1) if layout == "lines" else cut.replace("  }\n  ]\n }\n}", "", 1)
    assert read(cut.encode())[1:] == DOCUMENTS[1:]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*INDENTED, *map(json.dumps, DOCUMENTS), "{", "}", "[", "]", "\n", ",", '"', "\\", "\0"])))
def test_any_text_is_read_to_its_end(parts: list[str]) -> None:
    for text in ("".join(parts), "\n".join(parts)):
        assert "" not in read(text.encode())
