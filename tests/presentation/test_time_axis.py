"""Ticks of the time axis: few, in order, each at the start of its hour, day, month or year, in every time zone."""

import re
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.history.steps import MIN_DURATION, Step, bounds
from statistics_app.presentation.time_axis import TimeTick, format_step, format_time, time_ticks
from tests.history.conftest import at

from .thorough import thorough

ZONES = [
    "UTC",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
]
SINCE = st.integers(0, 30 * 366 * 24 * 4).map(lambda quarters: at(1996, 1, 1) + quarters * timedelta(minutes=15))
LENGTH = st.one_of(st.integers(1, 100), st.integers(1, 60 * 24), st.integers(1, 24 * 365 * 30)).map(
    lambda hours: timedelta(hours=hours)
)
BERLIN = ZoneInfo("Europe/Berlin")
# Each kind of label as a pattern, with a function that identifies the period that it names.
FORMS = {
    r"\d\d:\d\d": lambda local: (local.date(), local.hour),
    r"\d{1,2} [A-Z][a-z]{2}": lambda local: local.date(),
    r"[A-Z][a-z]{2} \d{4}": lambda local: (local.year, local.month),
    r"\d{4}": lambda local: local.year,
}


def kind(tick: TimeTick) -> str:
    """Return the pattern in FORMS that a label matches."""
    return next(form for form in FORMS if re.fullmatch(form, tick.text))


def ticks(since: datetime, until: datetime, step: Step, zone: ZoneInfo) -> tuple[list[datetime], list[TimeTick]]:
    """Return the local start times of a range's steps, and the ticks."""
    starts = bounds(since, until, step, zone)[:-1]
    return [start.astimezone(zone) for start in starts], time_ticks(starts, step, zone)


def texts(since: datetime, length: timedelta, step: Step, zone: ZoneInfo = BERLIN) -> list[str]:
    return [tick.text for tick in ticks(since, since + length, step, zone)[1]]


@thorough
@given(st.sampled_from(ZONES), st.sampled_from(Step), SINCE, LENGTH)
def test_ticks_are_few_in_order_and_at_the_start_of_the_named_period(
    name: str, step: Step, since: datetime, length: timedelta
) -> None:
    zone = ZoneInfo(name)
    local, found = ticks(since, since + min(length, 3000 * MIN_DURATION[step]), step, zone)
    assert len(found) <= 8
    assert all(earlier.step < later.step for earlier, later in pairwise(found))
    for tick in found:
        period_of = FORMS[kind(tick)]
        here = local[tick.step]
        right_before = (here.astimezone(ZoneInfo("UTC")) - timedelta(microseconds=1)).astimezone(zone)
        # A month can begin within a week: its tick is at the first week that begins in it.
        before = local[tick.step - 1] if tick.step and step is Step.WEEK else right_before
        assert period_of(before) != period_of(here)
        assert tick.text in {f"{here:%H:%M}", f"{here.day} {here:%b}", f"{here:%b %Y}", f"{here:%Y}"}


@thorough
@given(st.sampled_from(ZONES), st.sampled_from(Step), SINCE, LENGTH)
def test_nothing_is_named_twice(zone_name: str, step: Step, since: datetime, length: timedelta) -> None:
    zone = ZoneInfo(zone_name)
    local, found = ticks(since, since + min(length, 3000 * MIN_DURATION[step]), step, zone)
    days = 0
    named: set[object] = set()
    for tick in found:
        # An hour is read together with the last date label before it.
        days += kind(tick) == r"\d{1,2} [A-Z][a-z]{2}"
        name = (days, tick.text) if ":" in tick.text else (local[tick.step].year, tick.text)
        assert name not in named
        named.add(name)


@thorough
@given(st.sampled_from(ZONES), st.sampled_from(Step), SINCE, st.integers(16, 3000))
def test_a_chart_of_many_steps_has_ticks(name: str, step: Step, since: datetime, steps: int) -> None:
    zone = ZoneInfo(name)
    assert ticks(since, since + min(steps * MIN_DURATION[step], timedelta(days=365 * 30)), step, zone)[1]


@pytest.mark.parametrize(
    ("since", "length", "step", "expected"),
    [
        (at(2026, 1, 5, 9, 20), timedelta(hours=1), Step.QUARTER_HOUR, ["11:00"]),
        (at(2026, 1, 5, 9), timedelta(hours=4), Step.QUARTER_HOUR, ["10:00", "11:00", "12:00", "13:00"]),
        (
            at(2026, 1, 5, 9, 20),
            timedelta(hours=24),
            Step.QUARTER_HOUR,
            ["12:00", "15:00", "18:00", "21:00", "6 Jan", "03:00", "06:00", "09:00"],
        ),
        (at(2026, 1, 5, 9), timedelta(days=3), Step.HOUR, ["12:00", "6 Jan", "12:00", "7 Jan", "12:00", "8 Jan"]),
        (at(2026, 1, 5, 9), timedelta(days=6), Step.DAY, [f"{day} Jan" for day in range(5, 12)]),
        (at(2026, 1, 5, 9), timedelta(days=6), Step.HOUR, [f"{day} Jan" for day in range(6, 12)]),
        (at(2026, 1, 4, 23), timedelta(days=28), Step.WEEK, ["5 Jan", "12 Jan", "19 Jan", "26 Jan"]),
        (at(2026, 1, 31, 23), timedelta(days=27), Step.MONTH, ["Feb 2026"]),
        (
            at(2026, 1, 5, 9),
            timedelta(days=150),
            Step.MONTH,
            ["Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026", "Jun 2026"],
        ),
        (at(2024, 12, 31, 23), timedelta(days=365 * 5), Step.MONTH, ["2025", "2026", "2027", "2028", "2029"]),
        (at(1996, 1, 5), timedelta(days=365 * 30), Step.MONTH, ["2000", "2005", "2010", "2015", "2020", "2025"]),
    ],
)
def test_each_length_of_time_has_fitting_ticks(since: datetime, length: timedelta, step: Step, expected: list[str]) -> None:
    assert texts(since, length, step) == expected


def test_ticks_continue_when_the_clock_is_set_forward() -> None:
    assert texts(at(2026, 3, 29, 0), timedelta(hours=4), Step.QUARTER_HOUR) == ["01:00", "03:00", "04:00", "05:00"]
    assert texts(at(2026, 3, 28, 23), timedelta(hours=23), Step.HOUR)[:3] == ["29 Mar", "03:00", "06:00"]


def test_an_hour_repeated_by_a_clock_change_is_named_once() -> None:
    assert texts(at(2026, 10, 24, 23), timedelta(hours=4), Step.QUARTER_HOUR) == ["01:00", "02:00 CEST", "03:00"]
    assert texts(at(2026, 10, 24, 22), timedelta(hours=5), Step.HOUR) == ["25 Oct", "01:00", "02:00 CEST", "03:00"]


def test_a_step_in_an_hour_that_occurs_twice_is_told_apart() -> None:
    assert format_step(at(2026, 10, 25, 0, 30), BERLIN, Step.QUARTER_HOUR) == "25 Oct 2026, 02:30 CEST"
    assert format_step(at(2026, 10, 25, 1, 30), BERLIN, Step.QUARTER_HOUR) == "25 Oct 2026, 02:30 CET"
    assert format_step(at(2026, 10, 25, 2, 30), BERLIN, Step.QUARTER_HOUR) == "25 Oct 2026, 03:30"
    assert format_step(at(2026, 3, 29, 1, 30), BERLIN, Step.QUARTER_HOUR) == "29 Mar 2026, 03:30"
    assert format_step(at(2026, 4, 4, 15), ZoneInfo("Australia/Lord_Howe"), Step.QUARTER_HOUR) == "5 Apr 2026, 01:30 +1030"


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Step.QUARTER_HOUR, "1 Mar 2023, 00:00"),
        (Step.DAY, "1 Mar 2023"),
        (Step.WEEK, "Week of 1 Mar 2023"),
        (Step.MONTH, "March 2023"),
        (Step.QUARTER, "Q1 2023"),
        (Step.YEAR, "2023"),
    ],
)
def test_a_step_is_named_as_what_it_is(step: Step, text: str) -> None:
    assert format_step(at(2023, 2, 28, 23), BERLIN, step) == text


def test_a_day_that_begins_late_is_named_without_the_time() -> None:
    assert format_step(at(2018, 11, 4, 3), ZoneInfo("America/Sao_Paulo"), Step.DAY) == "4 Nov 2018"


def test_a_day_whose_midnight_is_skipped_begins_at_one() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    assert texts(at(2018, 11, 4, 3), timedelta(days=2), Step.DAY, zone) == ["4 Nov", "5 Nov", "6 Nov"]
    assert texts(at(2018, 11, 4, 3), timedelta(hours=3), Step.HOUR, zone) == ["4 Nov", "02:00", "03:00"]


def test_a_clock_set_back_across_midnight_repeats_no_day() -> None:
    zone = ZoneInfo("America/St_Johns")
    assert texts(at(2010, 11, 5, 12), timedelta(days=4), Step.QUARTER_HOUR, zone).count("7 Nov") == 1


def test_without_steps_there_are_no_ticks() -> None:
    assert time_ticks([], Step.DAY, BERLIN) == []


def test_ticks_and_times_are_written_in_the_active_language() -> None:
    with translation.override("de"):
        assert texts(at(2026, 2, 28, 23), timedelta(days=2), Step.DAY) == ["1. März", "2. März"]
        assert texts(at(2026, 4, 30, 22), timedelta(days=40), Step.MONTH) == ["Mai 2026", "Juni 2026"]
        assert format_time(at(2026, 5, 1, 10), BERLIN) == "1. Mai 2026, 12:00"


@pytest.mark.parametrize(
    ("at_", "zone", "text"),
    [
        (at(2026, 3, 1, 23), "Europe/Berlin", "2 Mar 2026"),
        (at(2026, 3, 1, 23), "UTC", "1 Mar 2026, 23:00"),
        (at(2026, 3, 1, 18, 15), "Asia/Kathmandu", "2 Mar 2026"),
        (at(2026, 3, 1, 23, 15), "Europe/Berlin", "2 Mar 2026, 00:15"),
        (at(2026, 4, 4, 14, 45), "Australia/Lord_Howe", "5 Apr 2026, 01:45"),
    ],
)
def test_a_time_is_in_the_time_zone_without_midnight(at_: datetime, zone: str, text: str) -> None:
    assert format_time(at_, ZoneInfo(zone)) == text
