"""`statistics.list`: paging, sort orders, projections, queries and time ranges."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statistics_app.api.list_query import SORTABLE
from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import HEADLINES, Origin
from statistics_app.serialization import make_id, wire_time
from tests.conftest import Person
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

KEYS = [statistic.key for statistic in CATALOGUE]
PARAMETERS = ("sort", "fields", "query", "since", "until", "offset", "count")
ODD_MOMENTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999-12:00", "2026-03-02T12:00:00+00:03:00.08"]
ListIds = Callable[..., list[str]]


def store(minute: int, **values: Any) -> Snapshot:
    """Store a snapshot taken this many minutes after noon; its other values are null."""
    key, moment = make_id(), NOON + timedelta(minutes=minute)
    document = {**dict.fromkeys(KEYS), "_id": key, "createdAt": wire_time(moment), "_updatedAt": wire_time(moment), **values}
    return Snapshot.objects.create(
        id=key, created_at=moment, origin=Origin.IMPORT, took_ms=1, host="here", body=Snapshot.body_of(document)
    )


def store_many(number: int) -> list[str]:
    """Store snapshots a minute apart, and return their ids, newest first."""
    return [store(minute).pk for minute in range(number)][::-1]


def milliseconds(minute: int) -> int:
    return round(datetime.fromisoformat(at(minute)).timestamp() * 1000)


def at(minute: int) -> str:
    return str(wire_time(NOON + timedelta(minutes=minute)))


@pytest.fixture
def listed(viewer: Person) -> ListIds:
    """A function that returns the ids in the response to a request."""

    def ids(**parameters: Any) -> list[str]:
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        response = viewer.get("statistics.list", **texts)
        assert response.status_code == 200, response.content
        document = response.json()
        assert document["count"] == len(document["statistics"])
        return [row["_id"] for row in document["statistics"]]

    return ids


def test_without_snapshots_the_list_is_empty_and_none_is_taken(viewer: Person) -> None:
    response = viewer.get("statistics.list")
    assert response.content == b'{"statistics":[],"count":0,"offset":0,"total":0,"success":true}'
    assert response.headers["Content-Type"] == "application/json"
    assert not Snapshot.objects.exists()


def test_rows_are_exactly_the_bytes_that_the_api_returned(viewer: Person) -> None:
    bodies = [viewer.get("statistics", refresh="true").content for _ in range(3)]
    rows = [body.removesuffix(b',"success":true}') + b"}" for body in reversed(bodies)]
    expected = b'{"statistics":[' + b",".join(rows) + b'],"count":3,"offset":0,"total":3,"success":true}'
    assert viewer.get("statistics.list").content == expected


def test_every_row_has_every_documented_key(viewer: Person) -> None:
    store(0)
    viewer.get("statistics", refresh="true")
    assert [list(row) for row in viewer.get("statistics.list").json()["statistics"]] == [KEYS, KEYS]


@pytest.mark.parametrize(
    ("count", "expected"), [(None, 50), (0, 100), (1, 1), (100, 100), (101, 100), (10**17, 100), (10**18, 100), (10**40, 100)]
)
def test_a_page_has_fifty_rows_and_never_over_a_hundred(viewer: Person, count: int | None, expected: int) -> None:
    ids = store_many(105)
    page = viewer.get("statistics.list", **({} if count is None else {"count": count})).json()
    assert [row["_id"] for row in page["statistics"]] == ids[:expected]
    assert (page["count"], page["offset"], page["total"], page["success"]) == (expected, 0, 105, True)


def test_pages_follow_each_other_without_gap_or_overlap(listed: ListIds) -> None:
    ids = store_many(7)
    assert [listed(offset=offset, count=3) for offset in (0, 3, 6)] == [ids[:3], ids[3:6], ids[6:]]


def test_snapshots_of_one_millisecond_are_paged_without_overlap(listed: ListIds) -> None:
    ids = {store(0).pk for _ in range(6)}
    pages = [listed(offset=offset, count=2, sort={"createdAt": 1}) for offset in (0, 2, 4)]
    assert len(ids) == 6
    assert set().union(*pages) == ids


@pytest.mark.parametrize("offset", [3, 4, 10**17])
def test_past_the_end_the_page_is_empty_and_has_the_total(viewer: Person, offset: int) -> None:
    store_many(3)
    page = viewer.get("statistics.list", offset=offset).json()
    assert page == {"statistics": [], "count": 0, "offset": offset, "total": 3, "success": True}


@pytest.mark.parametrize("key", [*SORTABLE])
def test_each_sortable_key_sorts_both_ways(listed: ListIds, key: str) -> None:
    for minute, value in enumerate((3, 1, 2)):
        store(minute, **({key: value} if key in HEADLINES.values() else {}))
    values = {snapshot.pk: snapshot.document[key] for snapshot in Snapshot.objects.all()}
    assert len(set(values.values())) == 3
    assert listed(sort={key: 1}) == sorted(values, key=values.__getitem__)
    assert listed(sort={key: -1}) == sorted(values, key=values.__getitem__, reverse=True)


def test_the_second_key_decides_where_the_first_is_equal(listed: ListIds) -> None:
    first, second, third = (store(minute, totalUsers=users).pk for minute, users in enumerate((5, 5, 4)))
    assert listed(sort={"totalUsers": 1, "createdAt": 1}) == [third, first, second]
    assert listed(sort={"totalUsers": 1, "createdAt": -1}) == [third, second, first]


@pytest.mark.parametrize("empty", ["", "{}", " "])
def test_an_empty_sort_fields_or_query_is_ignored(listed: ListIds, empty: str) -> None:
    ids = store_many(3)
    assert listed(sort=empty, fields=empty, query=empty) == ids


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({"totalUsers": 1}, ["_id", "totalUsers"]),
        ({"totalMessages": 1, "totalUsers": 1}, ["_id", "totalUsers", "totalMessages"]),
        ({"totalUsers": 1, "_id": 0}, ["totalUsers"]),
        ({"totalUsers": 1, "_id": 1}, ["_id", "totalUsers"]),
        ({"_id": 1}, ["_id"]),
        ({"_id": 0}, [key for key in KEYS if key != "_id"]),
        ({"os": 0, "process": 0}, [key for key in KEYS if key not in {"os", "process"}]),
        ({"os": 0, "_id": 0}, [key for key in KEYS if key not in {"os", "_id"}]),
        ({"noSuchKey": 1}, ["_id"]),
        ({"noSuchKey": 0}, KEYS),
        ({}, KEYS),
    ],
)
def test_fields_chooses_the_keys(viewer: Person, fields: dict[str, int], keys: list[str]) -> None:
    store(0)
    (row,) = viewer.get("statistics.list", fields=json.dumps(fields)).json()["statistics"]
    assert list(row) == keys


@pytest.mark.parametrize(
    ("comparison", "minutes"),
    [
        ({"$gt": at(1)}, [3, 2]),
        ({"$gte": at(1)}, [3, 2, 1]),
        ({"$lt": at(1)}, [0]),
        ({"$lte": at(1)}, [1, 0]),
        ({"$gte": at(1), "$lt": at(3)}, [2, 1]),
        ({"$gt": at(3)}, []),
        ({"$gte": {"$date": at(2)}}, [3, 2]),
        ({"$gte": {"$date": milliseconds(2)}}, [3, 2]),
        ({"$gte": {"$date": {"$numberLong": str(milliseconds(2))}}}, [3, 2]),
        ({"$gt": milliseconds(2) - 0.5, "$lt": milliseconds(3)}, [2]),
        ({"$gt": -(10**40), "$lt": 10**400}, [3, 2, 1, 0]),
        ({"$gt": "2026-03-02T13:01:00+01:00"}, [3, 2]),
    ],
)
def test_query_compares_the_time(listed: ListIds, comparison: dict[str, Any], minutes: list[int]) -> None:
    ids = store_many(4)[::-1]
    assert listed(query={"createdAt": comparison}) == [ids[minute] for minute in minutes]


def test_query_finds_by_id(listed: ListIds) -> None:
    ids = store_many(3)
    assert listed(query={"_id": ids[1]}) == [ids[1]]
    assert listed(query={"_id": ids[0], "createdAt": {"$lt": at(1)}}) == []
    assert listed(query={"_id": "no such id"}) == []


def test_since_and_until_are_both_included(listed: ListIds) -> None:
    ids = store_many(5)[::-1]
    assert listed(since=at(1), until=at(3)) == [ids[3], ids[2], ids[1]]
    assert listed(since=at(4)) == [ids[4]]
    assert listed(until=at(0)) == [ids[0]]
    assert listed(since=at(1), query={"createdAt": {"$lt": at(2)}}) == [ids[1]]


def test_total_is_the_number_of_matching_snapshots(viewer: Person) -> None:
    store_many(8)
    page = viewer.get("statistics.list", since=at(2), count=2, offset=1).json()
    assert (page["count"], page["offset"], page["total"]) == (2, 1, 6)


@pytest.mark.parametrize("moment", ODD_MOMENTS)
def test_odd_and_extreme_moments_cause_no_failure(viewer: Person, moment: str) -> None:
    for name, value in (("since", moment), ("until", moment), ("query", json.dumps({"createdAt": {"$lt": moment}}))):
        assert viewer.call("GET", f"statistics.list?{urlencode({name: value})}").status_code in {200, 400}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("sort", value) for value in ("createdAt", "[]", '"createdAt"', "null", "{", '{"createdAt":NaN}', "NaN")),
        *(("sort", json.dumps({"createdAt": direction})) for direction in (0, 2, True, "1", None, [1], {}, 1e400)),
        *(("sort", json.dumps({key: 1})) for key in ("noSuchKey", "created_at", "os", "", "-pk", "user__password")),
        *(("fields", value) for value in ("totalUsers", "[]", "1", "{", '{"os":Infinity}')),
        *(("fields", json.dumps({"os": value})) for value in (2, -1, "1", None, [], 0.5)),
        ("fields", '{"os":1,"process":0}'),
        *(("query", value) for value in ("x", "[]", "true", "{", '{"createdAt":', '{"_id":NaN}', "[" * 100_000)),
        *(("query", json.dumps({"_id": value})) for value in (1, None, {"$in": []}, {"$ne": "x"}, [])),
        *(("query", json.dumps({"createdAt": value})) for value in ("2026-03-02T12:00:00Z", {}, [], None, 1, {"$ne": at(0)})),
        *(
            ("query", json.dumps({"createdAt": {"$gt": value}}))
            for value in ("noon", "1", None, True, {"$date": True}, {"$date": "x"}, "2026-03-02", [])
        ),
        *(("query", json.dumps({key: at(0)})) for key in ("$where", "$or", "totalUsers", "origin", "created_at", "")),
    ],
)
def test_bad_objects_are_refused_with_their_own_error_type(viewer: Person, name: str, value: str) -> None:
    response = viewer.get("statistics.list", **{name: value})
    assert response.status_code == 400
    assert response.json().keys() == {"success", "errorType", "error"}
    assert response.json()["success"] is False
    assert response.json()["errorType"] == f"error-invalid-{name}"
    assert name in response.json()["error"]
    assert len(response.content) < 500


@pytest.mark.parametrize("key", HEADLINES.values())
def test_an_unknown_total_sorts_before_all_others_and_equal_ones_by_id(listed: ListIds, key: str) -> None:
    rows = sorted((store(minute, **{key: value}) for minute, value in enumerate([7, None, 0, 7])), key=lambda one: one.pk)
    values = {row.pk: -1 if row.document[key] is None else row.document[key] for row in rows}
    expected = sorted(values, key=values.__getitem__)
    assert listed(sort={key: 1}) == expected
    assert listed(sort={key: -1}) == expected[::-1]


@pytest.mark.parametrize("value", ["-1", "", " ", "x", "1.5", "1e3", "0x10", "+1", "1_000", "٣", "null", "true"])
@pytest.mark.parametrize("name", ["offset", "count"])
def test_offset_and_count_are_whole_numbers_of_zero_or_more(viewer: Person, name: str, value: str) -> None:
    response = viewer.get("statistics.list", **{name: value})
    assert (response.status_code, response.json()["errorType"]) == (400, "error-invalid-params")
    assert f"'{name}'" in response.json()["error"]


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-03-02", "2026-03-02T12:00:00", "2026-02-30T12:00:00Z", "1772452800000"]
)
@pytest.mark.parametrize("name", ["since", "until"])
def test_since_and_until_are_times_with_a_utc_offset(viewer: Person, name: str, value: str) -> None:
    response = viewer.get("statistics.list", **{name: value})
    assert (response.status_code, response.json()["errorType"]) == (400, "error-invalid-params")
    assert f"'{name}'" in response.json()["error"]


def test_only_get_and_head_are_allowed(viewer: Person) -> None:
    assert viewer.call("HEAD", "statistics.list").status_code == 200
    posted = viewer.call("POST", "statistics.list", "{}")
    assert (posted.status_code, posted.headers["Allow"]) == (405, "GET, HEAD")


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_names = st.sampled_from([*SORTABLE, "os", "$gt", "$lte", "$date"]) | st.text(max_size=10)
_moments = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
_documents = st.recursive(
    _scalars | _moments, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3)
)
_values = st.text() | _moments | st.integers().map(str) | _documents.map(json.dumps)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parameters=st.dictionaries(st.sampled_from(PARAMETERS), _values, min_size=1, max_size=3))
def test_arbitrary_parameters_cause_no_failure(viewer: Person, parameters: dict[str, str]) -> None:
    with transaction.atomic():
        response = viewer.call("GET", f"statistics.list?{urlencode(parameters)}")
        transaction.set_rollback(True)  # so that an SQL error does not affect other examples
    assert response.status_code in {200, 400}
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["success"] is (response.status_code == 200)
