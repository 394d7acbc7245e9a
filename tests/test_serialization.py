"""The wire format of values."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statistics_app.serialization import make_id, to_json, truncate_to_milliseconds, wire_time

AMBIGUOUS = set("01IOUVl")
KATHMANDU = timezone(timedelta(hours=5, minutes=45))
MOMENTS = st.integers(0, 7 * 10**15).map(lambda passed: datetime(1970, 1, 1, tzinfo=KATHMANDU) + timedelta(microseconds=passed))


def test_an_id_has_seventeen_unambiguous_letters_and_digits() -> None:
    ids = [make_id() for _ in range(500)]
    assert {len(each) for each in ids} == {17}
    assert not set("".join(ids)) & AMBIGUOUS
    assert "".join(ids).isalnum()


def test_ids_are_unique() -> None:
    assert len({make_id() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2018, 2, 24, 13, 13, 0, 236000, tzinfo=UTC), "2018-02-24T13:13:00.236Z"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00.000Z"),
        (datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))), "2025-12-31T23:30:00.000Z"),
        (datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC), "2026-01-01T00:00:00.999Z"),
        (None, None),
    ],
)
def test_a_time_is_written_in_utc_with_milliseconds_and_z(moment: datetime | None, written: str | None) -> None:
    assert wire_time(moment) == written


@settings(max_examples=50, deadline=None, database=None)
@given(MOMENTS)
def test_a_time_survives_a_round_trip_to_the_millisecond(moment: datetime) -> None:
    written = wire_time(moment)
    assert written is not None
    assert datetime.fromisoformat(written) == truncate_to_milliseconds(moment)


def test_times_are_truncated_to_milliseconds_not_rounded() -> None:
    assert truncate_to_milliseconds(datetime(2026, 1, 1, microsecond=1999, tzinfo=UTC)).microsecond == 1000


def test_json_is_compact_ordered_and_without_escaped_letters() -> None:
    assert to_json({"z": 1, "a": ["é", None, True], "größe": {}}) == '{"z":1,"a":["é",null,true],"größe":{}}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_nan_and_infinities_are_rejected(number: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json({"load": [number]})


def test_values_without_a_json_form_are_rejected() -> None:
    with pytest.raises(TypeError):
        to_json({"when": datetime(2026, 1, 1, tzinfo=UTC)})


def test_an_unpaired_surrogate_is_rejected() -> None:
    """Such texts can come from the environment or the kernel (surrogateescape); no database can store them."""
    with pytest.raises(ValueError, match="surrogates"):
        to_json({"method": "tar\udcff"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)


@settings(max_examples=50, deadline=None, database=None)
@given(JSON)
def test_a_document_survives_a_round_trip(document: Any) -> None:
    assert json.loads(to_json(document)) == document
