"""How much at a moment: one answer for comparisons, trends and charts, from snapshots, rollups or events."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from statistics_app.foreign.translation import translate
from statistics_app.history.comparison import compare
from statistics_app.history.event_book import EventBook
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.moments import ONLY_IN_SNAPSHOTS, state_at
from statistics_app.history.points import Certainty, HistoryRange
from statistics_app.history.series import SeriesMode, series
from statistics_app.history.spans import SPANS
from statistics_app.history.steps import Step
from statistics_app.models import EventCoverage, Snapshot
from statistics_app.presentation.headlines import headlines
from statistics_app.snapshots.importing import import_snapshots
from tests.conftest import Person
from tests.foreign.eras import in_2021

from .conftest import Store, at, store

__all__ = ["store"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = at(2026, 3, 20, 12, 34)
UTC = ZoneInfo("UTC")
FIRST = at(2020, 5, 1)


@pytest.fixture
def events(db: None) -> None:
    """Count 10 users for each day from 2020 to now."""
    quarters = (FIRST + timedelta(days=day, hours=7) for day in range((NOW - FIRST).days + 1))
    for book, moments in EventBook.each(quarters, "default"):
        for moment in moments:
            book.add("users", moment, 10)
    EventCoverage.objects.create(since=FIRST, measured_since=NOW, until=NOW, is_complete=True)


def users_at(moment: object) -> tuple[object, object]:
    state = state_at(moment)  # type: ignore[arg-type]
    return state.value_of(BY_KEY["totalUsers"]), state.certainty


def test_the_newest_snapshot_by_then_is_the_answer(events: None, store: Store) -> None:
    older, newer = store(at(2026, 3, 1), totalUsers=3), store(at(2026, 3, 2), totalUsers=4)
    assert state_at(older.created_at).snapshot == older
    assert state_at(newer.created_at - timedelta(milliseconds=1)).snapshot == older
    assert users_at(NOW) == (4, Certainty.MEASURED)


def test_before_the_first_snapshot_totals_are_rebuilt_and_other_values_unknown_with_the_reason(
    events: None, store: Store
) -> None:
    latest = store(NOW, totalUsers=9, version="1", process={"uptime": 5}, onlineUsers=1)
    state = state_at(FIRST + timedelta(days=2, hours=7, minutes=29))
    assert (state.pk, state.certainty) == (None, Certainty.REBUILT)
    assert state.created_at == FIRST + timedelta(days=2, hours=7, minutes=15)
    compared = {one.key: one for one in compare(state, state_at(latest.created_at))}
    assert (compared["totalUsers"].a, compared["totalUsers"].difference) == (30, -21)
    for key in ("version", "onlineUsers", "process"):
        assert (compared[key].a, compared[key].difference) == (None, None)
        assert state.problems[key] == ONLY_IN_SNAPSHOTS


def test_between_an_imported_snapshot_and_our_first_one_totals_are_rebuilt(events: None, store: Store) -> None:
    [imported] = [translate(in_2021())]
    import_snapshots([imported])
    store(NOW, totalUsers=9)
    roll_up_gauges()
    of_then = (imported.document["totalUsers"], Certainty.MEASURED)
    assert users_at(imported.created_at + timedelta(hours=1)) == of_then
    assert users_at(at(2024, 1, 1)) == (10 * (at(2024, 1, 1) - FIRST).days, Certainty.REBUILT)
    users = BY_KEY["totalUsers"]
    by_year = HistoryRange(at(2020, 1, 1), NOW, Step.YEAR, UTC)
    points = series([users], by_year, SeriesMode.VALUE)[users]
    assert [(point.value, point.certainty) for point in points] == [
        (2450, Certainty.REBUILT),
        of_then,
        *((10 * (at(year + 1, 1, 1) - FIRST).days, Certainty.REBUILT) for year in (2022, 2023, 2024, 2025)),
        (9, Certainty.MEASURED),
    ]


def test_before_everything_nothing_is_known(events: None) -> None:
    assert not state_at(FIRST).is_known
    assert not state_at(at(1, 1, 1)).is_known


def test_a_snapshot_that_was_removed_lives_on_in_its_rollup(events: None, store: Store) -> None:
    store(NOW - timedelta(days=9), totalUsers=7, os={"freemem": 5, "loadavg": [1, 2, 3]})
    store(NOW, totalUsers=8)
    roll_up_gauges()
    Snapshot.objects.filter(created_at__lt=NOW).delete()
    state = state_at(NOW - timedelta(days=1))
    assert (state.value_of(BY_KEY["totalUsers"]), state.value_of(BY_KEY["os.loadavg.1"])) == (7, 2)
    assert not state_at(NOW - timedelta(days=10)).value_of(BY_KEY["os.loadavg.1"])


@pytest.mark.parametrize("step", [Step.DAY, Step.MONTH])
def test_it_equals_the_chart_at_the_end_of_each_step(events: None, step: Step) -> None:
    metric = BY_KEY["totalUsers"]
    history_range = HistoryRange(at(2020, 6, 1), at(2021, 6, 1), step, ZoneInfo("Europe/Berlin"))
    points = series([metric], history_range, SeriesMode.VALUE)[metric]
    assert [(point.value, point.certainty) for point in points] == [users_at(end) for end in history_range.bounds[1:]]


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/Berlin")])
def test_a_comparison_shows_the_difference_of_the_trend(events: None, store: Store, span: str, zone: ZoneInfo) -> None:
    store(NOW - timedelta(minutes=50), totalUsers=20_000)
    latest = store(NOW - timedelta(minutes=3), totalUsers=21_000)
    roll_up_gauges()
    began = state_at(latest.created_at - SPANS[span])
    [compared] = [one for one in compare(began, state_at(NOW)) if one.key == "totalUsers"]
    [users] = [one for one in headlines(latest, span, zone).numbers if one.metric.key == "totalUsers"]
    assert users.line.change == compared.difference
    assert users.since == began.created_at
    # Exactly the length of the period, to the quarter of an hour.
    assert timedelta(0) <= latest.created_at - SPANS[span] - began.created_at < timedelta(minutes=15)


def test_a_time_in_berlin_before_the_first_snapshot_is_compared(events: None, store: Store, viewer: Person) -> None:
    store(NOW, totalUsers=50_000)
    browser = viewer.browser()
    browser.cookies["statistics_zone"] = "Europe/Berlin"
    response = browser.get("/statistics/compare/", {"ago": "custom", "a": "2023-01-01T00:00", "b": "2023-04-01T00:00"})
    assert response.status_code == 200
    [row] = [row for part in response.context["parts"] for row in part.rows if row.key == "totalUsers"]
    # From 23:00 to 22:00 in UTC are the 90 days of the quarter.
    assert (row.difference, response.context["a"].created_at) == ("+900", at(2022, 12, 31, 23))
    assert b"(rebuilt)" in response.content
