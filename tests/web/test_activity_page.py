"""The page of activity and its files: what is shown, and what is said of what is not known."""

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from pytest_django import Settings

from statistics_app.models import EventDay, EventRollup, SeenDay
from tests.conftest import Person
from tests.history.test_activity_metrics import DAY, NOW, covered, wrote

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ACTIVITY = "/statistics/activity/"
FILE = "/statistics/activity/file/"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The time at which everything is shown."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def messages() -> None:
    """Four weeks with one message each day at 9 o'clock, two on Tuesdays."""
    covered()
    days = [NOW.replace(hour=9) - n * DAY for n in range(28)]
    EventRollup.objects.bulk_create(EventRollup(key="messages:c", quarter=day, number=1 + (day.weekday() == 1)) for day in days)
    EventDay.objects.sum_up_between(days[-1], days[0])


def text_of(person: Person, query: str = "", path: str = ACTIVITY) -> str:
    response = person.browser().get(f"{path}?tz=UTC&{query}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def rows_of(person: Person, query: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(person, query, FILE))))


def test_the_page_begins_with_whether_more_people_are_active_and_when(viewer: Person, messages: None) -> None:
    wrote(NOW - 3 * DAY)
    wrote(NOW - 40 * DAY, NOW - 2 * DAY)
    text = text_of(viewer)
    assert "<b>2 people</b> wrote in the last 28 days, 1 more (+100 %) than in the 28 days before" in text
    assert "<b>Tuesdays, 09:00–10:00</b> is the busiest hour of the week in UTC: 2.0 messages" in text
    assert text.index("<b>2 people</b>") < text.index("<figure")
    assert "The last day is still in progress, and hatched: it is counted up to 20 Mar 2026, 12:00." in text


def test_without_authors_the_page_says_so_and_shows_the_rest(viewer: Person, messages: None, settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": "statistics_app.sources.base.ChatSource"}
    text = text_of(viewer)
    assert "It is not known who writes: This workspace's source provides no data about the authors of messages." in text
    assert "Messages sent, by day" in text
    assert "Tuesdays, 09:00–10:00" in text
    assert "Active people" not in text
    assert "per person" not in text


def test_before_anybody_wrote_the_page_says_so(viewer: Person, messages: None) -> None:
    assert "No message with an author has been counted yet." in text_of(viewer)


def test_without_a_history_the_page_says_what_makes_one(viewer: Person) -> None:
    assert "manage.py roll_up_history" in text_of(viewer)
    for show in ("people", "hours", "cohorts"):
        text_of(viewer, f"show={show}", FILE)


def test_the_first_steps_of_what_is_known_are_explained(viewer: Person) -> None:
    covered(NOW - 5 * DAY)
    wrote(NOW - 3 * DAY)
    note = "What is known begins on 15 Mar 2026, 12:00: in the first steps, nearly everybody is new."
    assert note in text_of(viewer)
    assert note not in text_of(viewer, "range=yesterday")


def test_being_there_is_a_choice_only_once_it_is_known(viewer: Person) -> None:
    covered()
    person = wrote(NOW - DAY)
    assert "were there" not in text_of(viewer)
    assert viewer.browser().get(f"{ACTIVITY}?activity=present").status_code == 400
    SeenDay.objects.create(day=20_000, person=person.pk, am=1, pm=0)
    assert "were there" in text_of(viewer)
    assert "People who were there, by day" in text_of(viewer, "activity=present")


def test_an_invalid_selection_keeps_what_was_chosen(viewer: Person) -> None:
    response = viewer.browser().get(f"{ACTIVITY}?range=7d&tz=Middle/Earth")
    assert response.status_code == 400
    assert 'value="Middle/Earth"' in response.content.decode()
    assert viewer.browser().get(f"{FILE}?tz=Middle/Earth").status_code == 400
    assert viewer.browser().get(f"{FILE}?show=nothing").status_code == 400


def test_a_part_of_the_page_has_no_form(viewer: Person, messages: None) -> None:
    response = viewer.browser().get(ACTIVITY, headers={"HX-Request": "true"})
    assert b"<form" not in response.content
    assert b'id="shown"' in response.content


def test_the_files_have_the_values_of_their_charts(viewer: Person, messages: None) -> None:
    wrote(NOW - 3 * DAY)
    people = rows_of(viewer, "show=people&range=7d")
    titles = ["Active people", "Active bots and apps"]
    assert people[0] == ["day in UTC", "UTC", *(title for name in titles for title in (name, f"certainty of {name}"))]
    assert [row[2] for row in people[1:]] == ["0", "0", "0", "0", "1", "0", "0", "0"]
    hours = rows_of(viewer, "show=hours&range=30d")
    assert hours[0] == ["hour in UTC", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    assert float(hours[10][2]) == 2
    assert hours[11] == ["10:00", *["0.0"] * 7]
    assert rows_of(viewer, "show=cohorts&range=30d") == [
        ["month in UTC", "wrote first", "wrote 1 month later"],
        ["2026-02", "0", "0"],
        ["2026-03", "1"],
    ]
    response = viewer.browser().get(f"{FILE}?show=movement&tz=Asia/Kathmandu&range=yesterday")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="statistics_movement_2026-03-19_2026-03-19_Asia-Kathmandu.csv"'
    )


def test_the_page_of_three_months_is_not_heavy(viewer: Person, messages: None) -> None:
    wrote(*(NOW - n * DAY for n in range(90, 0, -1)))
    response = viewer.browser().get(f"{ACTIVITY}?range=90d")
    assert len(gzip.compress(response.content)) < 40 * 1024


def test_every_series_has_a_file(viewer: Person, messages: None) -> None:
    wrote(NOW - timedelta(hours=1))
    for show in ("people", "windows", "movement", "stickiness", "messages", "per-person"):
        assert len(rows_of(viewer, f"show={show}&range=7d")) == 9, show
        assert f"show={show}" in text_of(viewer)
