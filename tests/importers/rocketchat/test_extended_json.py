"""Parsing of the values of MongoDB's Extended JSON."""

from datetime import UTC, datetime
from typing import Any

import pytest

from statsproject.chat.importers.document import InvalidValue
from statsproject.chat.importers.rocketchat.extended_json import parse_datetime, parse_id, parse_int

AT = datetime(2018, 2, 26, 16, 2, 6, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        {"$date": "2018-02-26T16:02:06.500Z"},
        {"$date": "2018-02-26T16:02:06.500+0000"},
        {"$date": "2018-02-26T17:02:06.500+01:00"},
        {"$date": 1519660926500},
        {"$date": {"$numberLong": "1519660926500"}},
        "2018-02-26T16:02:06.500Z",
        1519660926500,
    ],
)
def test_a_time_in_every_format(value: Any) -> None:
    assert parse_datetime(value, "ts") == AT


@pytest.mark.parametrize(
    "value",
    [
        {"$date": "yesterday"},
        {"$date": "2018-02-30T00:00:00Z"},
        {"$date": "2018-02-26T16:02:06"},
        {"$date": {"$numberLong": "many"}},
        {"$date": True},
        {"$date": float("nan")},
        {"$date": None},
        [],
        {},
    ],
)
def test_an_invalid_time_is_reported(value: Any) -> None:
    with pytest.raises(InvalidValue, match="'ts'"):
        parse_datetime(value, "ts")


@pytest.mark.parametrize("value", [None, {"$date": 10**18}, {"$date": "0001-01-01T00:00:00+14:00"}])
def test_a_time_that_is_missing_or_outside_of_the_calendar_is_none(value: Any) -> None:
    assert parse_datetime(value, "ts") is None


@pytest.mark.parametrize(
    ("value", "parsed"), [("a1", "a1"), ({"$oid": "5f"}, "5f"), (17, "17"), (None, None), ("", None), ({}, None)]
)
def test_ids(value: Any, parsed: str | None) -> None:
    assert parse_id(value, "_id") == parsed


@pytest.mark.parametrize("value", [[], 1.5, True, "x" * 65, {"$oid": ["x"]}])
def test_an_invalid_id_is_reported(value: Any) -> None:
    with pytest.raises(InvalidValue, match="'_id' is not a valid id"):
        parse_id(value, "_id")


@pytest.mark.parametrize(
    ("value", "parsed"),
    [(None, 0), (5, 5), (5.0, 5), ({"$numberLong": "7"}, 7), ({"$numberInt": "8"}, 8), ({"$numberDouble": "9.0"}, 9)],
)
def test_integers(value: Any, parsed: int) -> None:
    assert parse_int(value, "size") == parsed


@pytest.mark.parametrize("value", [-1, 1.5, True, "7", {"$numberLong": "x"}, 2**63, {}, float("inf")])
def test_an_invalid_integer_is_reported(value: Any) -> None:
    with pytest.raises(InvalidValue, match="'size'"):
        parse_int(value, "size")
