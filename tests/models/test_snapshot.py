"""Snapshots: columns agree with the document, bytes are unchanged, and the list can be traversed in both directions."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from statistics_app.models import Snapshot
from statistics_app.models.snapshot import HEADLINES, Origin
from tests.factories import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

DOCUMENT = {
    "totalUsers": 5,
    "activeUsers": 4,
    "onlineUsers": 3,
    "totalRooms": 2,
    "totalMessages": 10**12,
    "uploadsTotalSize": 0,
}


def make_snapshot(created_at: datetime = NOON, **columns: Any) -> Snapshot:
    """Store a snapshot of a small document."""
    given = {"body": Snapshot.body_of(DOCUMENT), "origin": Origin.SCHEDULE, "took_ms": 1, "host": "here", **columns}
    return Snapshot.objects.create(created_at=created_at, **given)


def test_the_headline_columns_equal_the_values_in_the_document() -> None:
    stored = Snapshot.objects.values(*HEADLINES).get(pk=make_snapshot().pk)
    assert stored == {column: DOCUMENT[key] for column, key in HEADLINES.items()}


def test_the_headline_columns_are_updated_with_the_document() -> None:
    snapshot = make_snapshot()
    assert snapshot.document["totalUsers"] == 5
    snapshot.body = Snapshot.body_of({**DOCUMENT, "totalUsers": 6})
    snapshot.total_users = 99
    snapshot.save()
    assert Snapshot.objects.get(pk=snapshot.pk).total_users == snapshot.document["totalUsers"] == 6


def test_an_unknown_headline_is_null_and_not_zero() -> None:
    snapshot = make_snapshot(body=Snapshot.body_of({**DOCUMENT, "totalMessages": None}))
    absent = make_snapshot(body=Snapshot.body_of({"totalUsers": 1}))
    assert set(Snapshot.objects.values_list("total_messages", flat=True)) == {None}
    assert {snapshot.uploads_size, absent.uploads_size} == {0, None}


def test_the_stored_bytes_are_unchanged() -> None:
    body = '{"z":1,"a":1.50,"größe":"日本 \\u0000","nothing":null,"success":true}'
    assert Snapshot.objects.get(pk=make_snapshot(body=body).pk).body == body


def test_the_body_is_the_document_followed_by_success() -> None:
    body = Snapshot.body_of({"z": 1, "a": {"success": True}})
    assert body == '{"z":1,"a":{"success":true},"success":true}'


def test_in_a_list_the_text_is_the_same_without_success() -> None:
    snapshot = make_snapshot(body='{"z":1.0,"a":{"x":{},"success":true},"success":true}')
    assert snapshot.body_in_list == '{"z":1.0,"a":{"x":{},"success":true}}'
    assert json.loads(snapshot.body_in_list) == snapshot.document


def test_the_readable_document_does_not_escape_letters() -> None:
    snapshot = make_snapshot(body=Snapshot.body_of({"größe": 1}))
    assert snapshot.readable == '{\n  "größe": 1\n}'


def test_the_newest_is_first_and_ties_are_ordered_by_id() -> None:
    for pk, minutes in (("b", 0), ("c", 5), ("a", 0), ("d", -5)):
        make_snapshot(NOON + timedelta(minutes=minutes), id=pk)
    assert [snapshot.pk for snapshot in Snapshot.objects.newest_first()] == ["c", "b", "a", "d"]


def test_the_latest_is_the_one_begun_last_regardless_of_the_clock() -> None:
    make_snapshot(NOON + timedelta(days=1), number=1)
    begun_last = make_snapshot(NOON, number=2)
    make_snapshot(NOON + timedelta(days=2), origin=Origin.IMPORT)
    assert Snapshot.objects.latest_taken() == begun_last


def test_with_only_imported_snapshots_there_is_no_latest() -> None:
    make_snapshot(origin=Origin.IMPORT)
    assert Snapshot.objects.latest_taken() is None


def test_begun_after_keeps_the_greater_numbers() -> None:
    for number in (3, 4, 5):
        make_snapshot(number=number)
    make_snapshot(origin=Origin.IMPORT)
    assert set(Snapshot.objects.begun_after(3).values_list("number", flat=True)) == {4, 5}


def test_since_includes_the_given_time() -> None:
    make_snapshot(NOON - timedelta(milliseconds=1))
    kept = make_snapshot(NOON)
    assert list(Snapshot.objects.since(NOON)) == [kept]


def test_the_list_can_be_traversed_in_both_directions_through_equal_times() -> None:
    for minutes in (0, 1, 1, 1, 2, 3, 3):
        make_snapshot(NOON + timedelta(minutes=minutes))
    newest_first = list(Snapshot.objects.newest_first())
    down = [newest_first[0]]
    while (found := Snapshot.objects.right_before(down[-1])) is not None:
        down.append(found)
    up = [newest_first[-1]]
    while (found := Snapshot.objects.right_after(up[-1])) is not None:
        up.append(found)
    assert down == newest_first
    assert up == newest_first[::-1]


@pytest.mark.parametrize("column", ["slot", "number"])
def test_slots_and_numbers_are_unique(column: str) -> None:
    value = {"slot": NOON, "number": 1}[column]
    make_snapshot(**{column: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        make_snapshot(**{column: value})
    make_snapshot()
    make_snapshot()
    assert Snapshot.objects.count() == 3
