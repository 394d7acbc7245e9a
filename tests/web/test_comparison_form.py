"""The comparison form: every query gives two snapshots or an error, and the values of its fields lead to them again."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from statistics_app.exceptions import ParameterError
from statistics_app.models import Snapshot
from statistics_app.web.comparison import Ago, ComparisonForm
from tests.conftest import Person
from tests.history.conftest import Store, at, store

from .any_query import TIMES, any_query, query, thorough

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = at(2026, 3, 20, 12, 34)
UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
ANY_QUERY = any_query(
    ago=st.sampled_from(Ago) | st.text(max_size=20),
    a=TIMES | st.text("23456789ABCabc", min_size=17, max_size=17),
    b=TIMES | st.sampled_from(["now", "x" * 300, "\0", "²"]),
)


def compared(zone: ZoneInfo = UTC, **fields: str) -> tuple[Snapshot | None, ...]:
    return tuple(state.snapshot for state in ComparisonForm.read(query(**fields)).states(NOW, zone))


@settings(thorough, max_examples=60)
@given(ANY_QUERY, st.sampled_from([UTC, BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Apia")]))
def test_any_query_is_rejected_while_there_is_no_snapshot(any_: QueryDict, zone: ZoneInfo) -> None:
    form = ComparisonForm.read(any_)
    assert len(form.choices(NOW)) == len(Ago)
    with pytest.raises(ParameterError):
        form.states(NOW, zone)


def test_any_query_gives_two_snapshots_or_is_rejected(store: Store) -> None:
    stored = [store(at(1, 1, 1)), store(at(2026, 3, 1)), store(at(9999, 12, 31, 23, 59, 59))]

    @thorough
    @given(ANY_QUERY, st.sampled_from([UTC, BERLIN, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Apia")]))
    def check(any_: QueryDict, zone: ZoneInfo) -> None:
        try:
            pair = ComparisonForm.read(any_).states(NOW, zone)
        except ParameterError:
            return
        assert {state.snapshot for state in pair} <= {*stored}

    check()


@pytest.mark.parametrize(("ago", "days"), [("1d", 1), ("7d", 7), ("30d", 30), ("1y", 365)])
def test_a_distance_gives_the_last_snapshot_up_to_that_time(store: Store, ago: str, days: int) -> None:
    then = NOW - timedelta(days=days)
    store(then - timedelta(days=1))
    expected = store(then)
    store(then + timedelta(milliseconds=1))
    latest = store(NOW)
    store(NOW + timedelta(seconds=1))
    assert compared(ago=ago) == (expected, latest)
    # Moments from an earlier selection may remain in the URL and are ignored.
    assert compared(ago=ago, a="nonsense", b="nonsense") == (expected, latest)


def test_a_distance_beyond_the_history_is_unknown_and_cannot_be_chosen(store: Store) -> None:
    last = store(NOW - timedelta(hours=1))
    store(last.created_at - timedelta(days=7))
    assert compared(ago="1y") == (None, last)
    choices = ComparisonForm.read(query(ago="7d")).choices(NOW)
    assert {choice.ago: bool(choice.reason) for choice in choices} == {
        Ago.DAY: False,
        Ago.WEEK: False,
        Ago.MONTH: True,
        Ago.YEAR: True,
        Ago.CUSTOM: False,
    }


def test_the_default_is_a_month_ago_and_now(store: Store) -> None:
    pair = store(NOW - timedelta(days=60)), store(NOW - timedelta(days=29))
    assert compared() == pair


def test_moments_without_a_distance_are_used(store: Store) -> None:
    first, second, third = (store(at(2026, 3, day)) for day in (1, 2, 3))
    assert compared(a="2026-03-01T12:00Z", b="2026-03-02T12:00Z") == (first, second)
    assert (
        compared(a="2026-03-01T12:00Z")
        == compared(a="2026-03-01T12:00Z", b="now")
        == compared(a=first.pk, b="")
        == (first, third)
    )
    assert compared(a="2026-03-02T12:00Z", b=first.pk) == (second, first)


def test_a_time_without_a_zone_is_in_the_readers_zone(store: Store) -> None:
    early, late = store(at(2026, 3, 1, 11)), store(at(2026, 3, 1, 12))
    assert compared(a="2026-03-01T12:30", b="now") == (late, late)
    assert compared(BERLIN, a="2026-03-01T12:30", b="now") == (early, late)
    assert compared(BERLIN, a="2026-03-01T12:30Z", b="2026-03-01T12:30+01:00") == (late, early)


def test_a_time_with_a_zone_is_exact(store: Store) -> None:
    earlier, later = store(at(2026, 3, 1, 11)), store(at(2026, 3, 1, 12) + timedelta(milliseconds=1))
    assert compared(a="2026-03-01T12:00:00Z", b="2026-03-01T12:00:00.001Z") == (earlier, later)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ago": "2d"}, "'ago' must be one of 1d, 7d, 30d, 1y, custom, not '2d'."),
        ({"a": "soon"}, "'a' must be a time such as"),
        ({"a": ""}, "'a' must be a time such as"),
        ({"ago": "custom"}, "'a' must be a time such as"),
        ({"a": "now", "b": "x" * 17}, "'b' must be a time such as"),
        ({"a": "2020-01-01T00:00"}, "'a': no data for this time"),
    ],
)
def test_invalid_parameters_are_rejected_by_name(store: Store, fields: dict[str, str], message: str) -> None:
    store(at(2026, 3, 1))
    with pytest.raises(ParameterError) as raised:
        compared(**fields)
    assert raised.value.reason.startswith(message)


def shown_fields(viewer: Person, zone: str, **fields: str) -> tuple[str, str, str, str]:
    """Return the values of the page's fields, and the IDs of the snapshots that it compares."""
    browser = viewer.browser()
    browser.cookies["statistics_zone"] = zone
    context = browser.get("/statistics/compare/", fields).context
    a, b = context["moments"]
    return a.text, b.text, context["a"].pk, context["b"].pk


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_the_values_of_the_fields_lead_to_the_same_snapshots(viewer: Person, store: Store, zone: str) -> None:
    base = at(2026, 3, 1, 11, 59, 58)
    stored = [store(base + timedelta(milliseconds=offset)).pk for offset in (0, 1999, 2000, 3500, 4000, 59_999)]
    for a, b in pairwise([*stored, stored[0]]):
        a_text, b_text, *keys = shown_fields(viewer, zone, a=a, b=b)
        assert keys == [a, b]
        assert shown_fields(viewer, zone, ago="custom", a=a_text, b=b_text) == (a_text, b_text, a, b)


def test_of_two_snapshots_in_one_second_the_field_leads_to_the_later(viewer: Person, store: Store) -> None:
    base = at(2026, 3, 1, 12)
    earlier, later = store(base), store(base + timedelta(milliseconds=900))
    text = shown_fields(viewer, "UTC", a=earlier.pk, b=later.pk)[0]
    assert shown_fields(viewer, "UTC", ago="custom", a=text, b=later.pk)[2] == later.pk


def test_in_a_repeated_hour_a_second_field_tells_which_is_meant(viewer: Person, store: Store) -> None:
    first, second = (store(at(2025, 10, 26, hour, 30)).pk for hour in (0, 1))
    store(at(2025, 11, 1))
    browser = viewer.browser()
    browser.cookies["statistics_zone"] = "Europe/Berlin"
    for fold, key in enumerate((first, second)):
        response = browser.get("/statistics/compare/", {"a": key, "b": "now"})
        a, b = response.context["moments"]
        assert a.text == "2025-10-26T02:30:00"
        assert a.occurrences == [(0, "CEST", fold == 0), (1, "CET", fold == 1)]
        assert (b.occurrences, response.content.count(b'name="a_fold"'), response.content.count(b'name="b_fold"')) == ((), 1, 0)
        fields = {"ago": "custom", "a": a.text, "b": b.text, "a_fold": str(fold)}
        assert shown_fields(viewer, "Europe/Berlin", **fields)[2] == key
    assert shown_fields(viewer, "Europe/Berlin", ago="custom", a="2025-10-26T02:30:00", b="now")[2] == first
