"""The sentences at the top of the page of activity."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from statistics_app.history.activity import Activity
from statistics_app.history.activity_summary import RecentPeople
from statistics_app.history.heat_map import HeatMap
from statistics_app.presentation.activity_answers import answers_of_hours, answers_of_people
from statistics_app.presentation.hours import WeekOfHours
from tests.history.conftest import at

NOW, ZONE = at(2026, 3, 20, 12), ZoneInfo("Europe/Berlin")
MONTH = timedelta(days=28)


def sentence(number: int, before: int | None, kind: Activity = Activity.WROTE, **recent: object) -> str:
    moments = {"since": NOW - MONTH, "until": NOW, **recent}
    (answer,) = answers_of_people(kind, RecentPeople(number=number, before=before, **moments), NOW, ZONE)  # type: ignore[arg-type]
    return f"{answer.figure} {answer.text}"


@pytest.mark.parametrize(
    ("number", "before", "text"),
    [
        (1203, 1145, "1,203 people wrote in the last 28 days, 58 more (+5 %) than in the 28 days before"),
        (90, 100, "90 people wrote in the last 28 days, 10 fewer (−10 %) than in the 28 days before"),
        (1, 1, "1 person wrote in the last 28 days, as many as in the 28 days before"),
        (3, 0, "3 people wrote in the last 28 days, 3 more than in the 28 days before"),
        (0, None, "0 people wrote in the last 28 days"),
    ],
)
def test_more_or_fewer_people_are_said_with_numbers(number: int, before: int | None, text: str) -> None:
    assert sentence(number, before) == text


def test_the_span_is_exactly_what_it_says() -> None:
    until = at(2026, 1, 31, 23)
    assert sentence(5, 5, until=until, since=until - MONTH).startswith("5 people wrote in the 28 days up to 1 Feb 2026, as")
    assert sentence(5, None, since=NOW - timedelta(days=3)) == (
        "5 people wrote in the last 28 days, counted since 17 Mar 2026, 13:00"
    )
    assert sentence(5, None, Activity.PRESENT).startswith("5 people were there in")


def week(**hours: int) -> WeekOfHours:
    return WeekOfHours(HeatMap([hours.get(f"h{n}", 1) for n in range(168)], [4] * 168), ZONE)


def test_the_busiest_and_the_quietest_hours_are_named() -> None:
    quiet = {f"h{n}": 0 for n in (166, 167, 0, 1)}
    answers = [f"{answer.figure} {answer.text}" for answer in answers_of_hours(week(h38=1234, **quiet))]
    assert answers == [
        "Tuesdays, 14:00–15:00 is the busiest hour of the week in Europe/Berlin: 1,234 messages on average",
        "Sundays, 22:00–02:00 are the quietest 4 hours in a row: 0.0 messages an hour on average",
    ]
    assert week(h38=1234).busiest_hour_and_day == ("14:00–15:00", "Tuesdays")


def test_without_messages_no_hour_is_busy_or_quiet() -> None:
    nothing = WeekOfHours(HeatMap([0] * 168, [4] * 168), ZONE)
    assert list(answers_of_hours(nothing)) == []
    assert {cell.strength for cell in nothing.cells} == {0.05}


def test_an_hour_that_did_not_occur_is_no_cell(settings: object) -> None:
    known = WeekOfHours(HeatMap([8, *[4] * 167], [4, 0, *[4] * 166]), ZONE)
    cells = list(known.cells)
    assert len(cells) == 167
    assert (cells[0].text, cells[0].strength) == ("Monday, 00:00–01:00: 8.0 messages", 1)
    assert known.rows[1][1][0] == "–"
