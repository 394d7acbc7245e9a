"""Steps compared with the calendar: every quarter of an hour belongs to the step given by its local time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from statistics_app.history.steps import Step, before, bounds, chosen_step, hour_of, quarter_of
from statistics_app.sources.quarters import QUARTER

from .conftest import at

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",  # clocks were set forward at midnight
    "America/Havana",  # clocks are set back to midnight
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Asia/Kathmandu",  # UTC+05:45
    "Pacific/Apia",  # skipped 30 December 2011
    "America/St_Johns",
    "Africa/Casablanca",
]
# Functions of a local time that identify the step that contains it.
NAMES: dict[Step, Callable[[datetime], object]] = {
    Step.DAY: lambda local: local.date(),
    Step.WEEK: lambda local: local.isocalendar()[:2],
    Step.MONTH: lambda local: (local.year, local.month),
    Step.QUARTER: lambda local: (local.year, (local.month - 1) // 3),
    Step.YEAR: lambda local: local.year,
    Step.QUARTER_HOUR: quarter_of,
}


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    zone=st.sampled_from(ZONES),
    step=st.sampled_from(list(NAMES)),
    since=st.integers(0, 18 * 366 * 96).map(lambda quarters: at(2008, 1, 1) + quarters * timedelta(minutes=13)),
    length=st.integers(1, 60 * 24 * 40),
)
def test_every_quarter_is_in_the_step_of_its_local_time(zone: str, step: Step, since: datetime, length: int) -> None:
    zone_info = ZoneInfo(zone)
    until = since + timedelta(minutes=length)
    found = bounds(since, until, step, zone_info)
    assert found == sorted(set(found))
    assert found[0] <= since < found[1]
    assert found[-2] < until <= found[-1]
    name, number, quarter = NAMES[step], 0, quarter_of(since)
    expected: object = None
    while quarter < until:
        if quarter >= found[number + 1]:
            number += 1
            assert name(quarter.astimezone(zone_info)) != expected
            expected = None
        expected = expected or name(quarter.astimezone(zone_info))
        assert name(quarter.astimezone(zone_info)) == expected
        quarter += QUARTER


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/Sao_Paulo", (2018, 11, 4), 23),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Asia/Kathmandu", (2026, 5, 5), 24),
    ],
)
def test_a_day_is_as_long_as_the_zones_clocks_make_it(zone: str, day: tuple[int, int, int], hours: float) -> None:
    noon = datetime(*day, 12, tzinfo=ZoneInfo(zone))
    since, until = bounds(noon, noon + timedelta(minutes=1), Step.DAY, ZoneInfo(zone))
    assert (until - since) == timedelta(hours=hours)
    local = since.astimezone(ZoneInfo(zone))
    assert local.date() == noon.date()
    assert (since - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() < noon.date()


@pytest.mark.parametrize(
    ("zone", "minutes"), [("Australia/Lord_Howe", {30, 60, 90}), ("Europe/Berlin", {60}), ("Asia/Kathmandu", {60})]
)
def test_hours_begin_when_the_zones_clock_shows_a_full_hour(zone: str, minutes: set[int]) -> None:
    found = bounds(at(2026, 1, 1), at(2026, 12, 31), Step.HOUR, ZoneInfo(zone))
    assert {(later - earlier) // timedelta(minutes=1) for earlier, later in pairwise(found)} == minutes
    full = [bound for bound in found if bound.astimezone(ZoneInfo(zone)).minute == 0]
    # When the clock is set forward by half an hour, the full hour is skipped.
    assert len(found) - len(full) == (1 if 30 in minutes else 0)


def test_a_day_that_a_zone_skipped_is_no_step() -> None:
    apia = ZoneInfo("Pacific/Apia")
    found = bounds(at(2011, 12, 28), at(2012, 1, 2), Step.DAY, apia)
    days = [bound.astimezone(apia).date().isoformat() for bound in found]
    assert "2011-12-29" in days
    assert "2011-12-31" in days
    assert "2011-12-30" not in days


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("zone", ZONES)
def test_the_step_before_a_bound_ends_there(step: Step, zone: str) -> None:
    found = bounds(at(2016, 10, 1), at(2018, 12, 31), step, ZoneInfo(zone))
    assert [before(bound, step, ZoneInfo(zone)) for bound in found[1:100]] == found[:99][: len(found) - 1]


@pytest.mark.parametrize(
    ("days", "points", "step"),
    [
        (1, 500, Step.QUARTER_HOUR),
        (7, 500, Step.HOUR),
        (30, 800, Step.HOUR),
        (365, 500, Step.DAY),
        (3650, 600, Step.WEEK),
        (36500, 1500, Step.MONTH),
        (36500, 500, Step.QUARTER),
        (36500, 200, Step.YEAR),
        (36500, 20, Step.YEAR),
    ],
)
def test_the_shortest_step_without_too_many_points_is_chosen(days: int, points: int, step: Step) -> None:
    assert chosen_step(at(2000, 1, 1), at(2000, 1, 1) + timedelta(days=days), points) is step


@pytest.mark.parametrize(("first", "days"), [("monday", [5, 12]), ("sunday", [4, 11]), ("saturday", [3, 10])])
def test_weeks_begin_as_the_setting_says(settings: Settings, first: str, days: list[int]) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "WEEK_START": first}
    found = bounds(at(2026, 1, 7), at(2026, 1, 7, 1), Step.WEEK, ZoneInfo("Europe/Berlin"))
    assert [bound.astimezone(ZoneInfo("Europe/Berlin")).day for bound in found] == days


def test_hours_and_quarters_of_a_moment() -> None:
    moment = datetime(2026, 1, 1, 5, 44, 59, 999_999, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert quarter_of(moment) == at(2025, 12, 31, 23, 45)
    assert hour_of(moment) == at(2025, 12, 31, 23)
    assert quarter_of(at(1969, 12, 31, 23, 59)) == at(1969, 12, 31, 23, 45)
