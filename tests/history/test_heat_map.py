"""The hours of the week: their averages, the busiest and the quietest ones, and the changes of clocks in between."""

from zoneinfo import ZoneInfo

import pytest

from statistics_app.history.heat_map import DAYS, HOURS, HeatMap, heat_map
from statistics_app.models import EventRollup

from .conftest import at

WEEK = DAYS * HOURS


def test_the_quietest_hours_are_in_the_middle_of_a_quiet_time() -> None:
    week = HeatMap([0 if 20 <= n < 30 else 5 for n in range(WEEK)], [4] * WEEK)
    assert week.quietest(4) == (23, 0.0)
    assert week.quietest(10) == (20, 0.0)


def test_quiet_hours_go_on_from_sunday_to_monday() -> None:
    week = HeatMap([0 if n < 2 or n >= WEEK - 2 else 5 for n in range(WEEK)], [4] * WEEK)
    assert week.quietest(4) == (WEEK - 2, 0.0)


def test_without_a_whole_week_no_hours_are_the_quietest() -> None:
    week = HeatMap([0] * WEEK, [0, *[4] * (WEEK - 1)])
    assert week.quietest(1) is None
    assert (week.averages[0], week.averages[1]) == (None, 0.0)


def test_an_average_is_by_how_often_an_hour_was_shown() -> None:
    week = HeatMap([6, *[0] * (WEEK - 1)], [12, *[4] * (WEEK - 1)])
    assert week.averages[0] == 2
    assert week.by_hour[0] == 6 / 9
    assert week.by_weekday[0] == 6 * 96 / (12 + 23 * 4)


@pytest.mark.django_db
@pytest.mark.any_database
def test_messages_of_all_kinds_are_counted_by_the_zones_hour() -> None:
    monday = at(2026, 3, 2, 20, 15)
    for n, key in enumerate(["messages:c", "messages:d", "users", "-messages:c"]):
        EventRollup.objects.create(key=key, quarter=monday, number=10**n)
    # Just outside the range.
    for quarter in (at(2026, 3, 1, 23, 45), at(2026, 3, 9)):
        EventRollup.objects.create(key="messages:c", quarter=quarter, number=1_000)
    found = heat_map(at(2026, 3, 2), at(2026, 3, 9), ZoneInfo("Asia/Kathmandu"), "default")
    # 20:15 in UTC is 2:00 in the night to Tuesday.
    assert {n: number for n, number in enumerate(found.messages) if number} == {HOURS + 2: 11}
    assert set(found.quarters) == {4}


@pytest.mark.django_db
def test_an_hour_that_comes_twice_is_as_long_as_it_was() -> None:
    found = heat_map(at(2026, 4, 4), at(2026, 4, 5), ZoneInfo("Australia/Lord_Howe"), "default")
    # On Sunday, 5 April, the clock of Lord Howe goes from 2:00 back to 1:30.
    assert found.quarters[6 * HOURS + 1] == 6
