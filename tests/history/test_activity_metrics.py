"""The metrics of activity: what is known of a step, and what is not."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from statistics_app.history.activity import Activity
from statistics_app.history.activity_metrics import activity_metrics
from statistics_app.history.activity_summary import cohorts_of, hours_of, is_presence_known, recent_people, why_unknown
from statistics_app.history.metric import Metric
from statistics_app.history.points import HistoryRange
from statistics_app.history.series import SeriesMode, series
from statistics_app.history.steps import Step, quarter_number
from statistics_app.models import EventCoverage, EventDay, EventRollup, Person, SeenDay, WrittenDay
from statistics_app.models.events import new_past

from .conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

UTC, DAY = ZoneInfo("UTC"), timedelta(days=1)
BEGIN, NOW = at(2026, 1, 1), at(2026, 3, 20, 12)
WROTE = activity_metrics(Activity.WROTE)


def wrote(*days: datetime, type: str = "user") -> Person:
    """Store that a new account wrote at noon of some days, in their order."""
    quarters = [quarter_number(day) // 96 * 96 + 48 for day in days]
    person = Person.objects.create(account=f"a{Person.objects.count()}", type=type, first_quarter=quarters[0])
    WrittenDay.objects.bulk_create(WrittenDay(day=n // 96, person=person.pk, am=0, pm=1) for n in quarters)
    return person


def covered(since: datetime = BEGIN, until: datetime = NOW, *, is_complete: bool = False) -> None:
    EventCoverage.objects.create(since=since, measured_since=since, until=until, is_complete=is_complete)


def shown(since: datetime, until: datetime = NOW, step: Step = Step.DAY) -> HistoryRange:
    return HistoryRange(since, until, step, UTC)


def values(metric: Metric, history_range: HistoryRange) -> list[float | None]:
    return [point.value for point in series([metric], history_range, SeriesMode.VALUE)[metric]]


def test_before_and_after_what_is_covered_nothing_is_known() -> None:
    covered(at(2026, 3, 18))
    wrote(at(2026, 3, 18))
    days = shown(at(2026, 3, 17), at(2026, 3, 22))
    for metric in (WROTE.people, *WROTE.came, WROTE.gone):
        assert [value is None for value in values(metric, days)] == [True, False, False, False, True]
    assert values(WROTE.people, days) == [None, 1, 0, 0, None]


def test_nothing_is_known_of_people_if_the_source_does_not_tell_who_wrote(settings: Settings) -> None:
    covered()
    wrote(at(2026, 3, 19))
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": "statistics_app.sources.base.ChatSource"}
    for metric in WROTE.all:
        assert set(values(metric, shown(at(2026, 3, 17)))) == {None}
    assert "the authors of messages" in why_unknown()


def test_a_window_is_known_once_all_of_its_days_are() -> None:
    covered(at(2026, 3, 10, 12))
    wrote(at(2026, 3, 11))
    week = shown(at(2026, 3, 10))
    # The first whole day is the 11th; the 20th is not over.
    assert values(WROTE.windows[1], week) == [*[None] * 7, 1, 0, 0, None]
    assert values(WROTE.windows[0], week) == [None, 1, *[0] * 8, None]
    assert set(values(WROTE.windows[2], week)) == {None}


def test_a_window_of_a_complete_history_is_known_from_its_first_day() -> None:
    covered(at(2026, 3, 10, 12), is_complete=True)
    wrote(at(2026, 3, 11))
    assert values(WROTE.windows[2], shown(at(2026, 3, 9))) == [None, 0, *[1] * 9, None]


def test_a_longer_step_has_the_average_of_its_days() -> None:
    covered()
    wrote(at(2026, 3, 2), at(2026, 3, 3))
    wrote(at(2026, 3, 3))
    points = series([WROTE.windows[0], WROTE.stickiness], shown(at(2026, 3, 2), at(2026, 3, 9), Step.WEEK), SeriesMode.VALUE)
    daily = points[WROTE.windows[0]][0]
    assert (daily.value, daily.least, daily.greatest) == (3 / 7, 0, 2)
    # 3 of the days' 1 + 2 × 6 people of 28 days.
    assert points[WROTE.stickiness][0].value == 100 * 3 / 13


def test_bots_are_apart_and_messages_are_for_each_person() -> None:
    covered()
    wrote(at(2026, 3, 19))
    wrote(at(2026, 3, 19))
    wrote(at(2026, 3, 19), type="bot")
    EventRollup.objects.create(key="messages:c", quarter=at(2026, 3, 19, 12), number=7)
    EventDay.objects.sum_up([at(2026, 3, 19)], ["messages:c"])
    days = shown(at(2026, 3, 18))
    assert values(WROTE.people, days) == [0, 2, 0]
    assert values(WROTE.machines, days) == [0, 1, 0]
    assert values(WROTE.per_person, days) == [None, 3.5, None]


def test_small_numbers_of_people_are_hidden_and_those_of_bots_are_not(settings: Settings) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "HIDE_PEOPLE_BELOW": 2}
    covered()
    wrote(at(2026, 3, 19))
    wrote(at(2026, 3, 19), type="bot")
    days = shown(at(2026, 3, 18))
    assert values(WROTE.people, days) == [0, None, 0]
    assert values(WROTE.machines, days) == [0, 1, 0]


def test_who_will_have_been_silent_for_four_weeks_is_not_gone_yet() -> None:
    covered()
    wrote(NOW - 30 * DAY)
    wrote(NOW - 20 * DAY)
    assert values(WROTE.gone, shown(at(2026, 3, 1), at(2026, 3, 31), Step.MONTH)) == [1]


def test_the_last_four_weeks_are_compared_with_those_before() -> None:
    covered()
    wrote(at(2026, 3, 19))
    wrote(at(2026, 2, 1), at(2026, 3, 1))
    wrote(at(2026, 2, 1))
    recent = recent_people(Activity.WROTE, shown(at(2026, 3, 19)))
    assert recent is not None
    assert (recent.since, recent.until, recent.number, recent.before) == (NOW - 28 * DAY, NOW, 2, 2)
    earlier = recent_people(Activity.WROTE, shown(at(2026, 1, 1), at(2026, 2, 10)))
    assert earlier is not None
    assert (earlier.until, earlier.number, earlier.before) == (at(2026, 2, 10), 2, None)


def test_a_new_history_is_compared_with_nothing() -> None:
    covered(at(2026, 3, 15))
    wrote(at(2026, 3, 16))
    recent = recent_people(Activity.WROTE, shown(at(2026, 3, 1)))
    assert recent is not None
    assert (recent.since, recent.number, recent.before) == (at(2026, 3, 15), 1, None)
    future = shown(at(2026, 4, 1), at(2026, 4, 2))
    assert (recent_people(Activity.WROTE, future), cohorts_of(future), hours_of(future)) == (None, None, None)


def test_cohorts_are_the_last_months_of_the_range() -> None:
    covered()
    wrote(at(2026, 1, 5), at(2026, 3, 5))
    wrote(at(2026, 2, 5), at(2026, 3, 5))
    whole = cohorts_of(shown(at(2025, 12, 1)))
    assert whole is not None
    assert (whole.months, whole.people) == ([at(2026, 1, 1), at(2026, 2, 1), at(2026, 3, 1)], [[1, 0, 1], [1, 1], [0]])
    last = cohorts_of(shown(at(2025, 12, 1)), 2)
    assert last is not None
    assert last.people == whole.people[1:]


def test_being_there_is_known_since_it_was_noted() -> None:
    covered(is_complete=True)
    wrote(at(2026, 3, 18), at(2026, 3, 19))
    present = activity_metrics(Activity.PRESENT)
    days = shown(at(2026, 3, 18), at(2026, 3, 20))
    assert not is_presence_known()
    assert values(present.people, days) == [None, None]
    assert recent_people(Activity.PRESENT, days) is None
    quiet = Person.objects.create(account="quiet", type="user")
    SeenDay.objects.create(day=quarter_number(at(2026, 3, 19)) // 96, person=quiet.pk, am=1, pm=0)
    EventCoverage.objects.update(seen_since=at(2026, 3, 19), past=new_past())
    days = shown(at(2026, 3, 18), at(2026, 3, 20))
    assert is_presence_known()
    assert (values(present.people, days), values(WROTE.people, days)) == ([None, 2], [1, 1])
    assert (values(present.windows[0], days), values(present.windows[1], days)) == ([None, 2], [None, None])
    assert values(present.came[0], days) == [1, 0]
    recent = recent_people(Activity.PRESENT, days)
    assert recent is not None
    assert (recent.since, recent.number, recent.before) == (at(2026, 3, 19), 2, None)


@pytest.mark.parametrize("is_complete", [True, False])
@pytest.mark.parametrize("step", [Step.MONTH, Step.QUARTER, Step.YEAR])
def test_stickiness_is_of_the_days_that_are_known(step: Step, is_complete: bool) -> None:
    """Also of a step in which they begin: whoever writes every day is there on each of them."""
    covered(at(2025, 7, 3), at(2026, 1, 1), is_complete=is_complete)
    wrote(*[at(2025, 7, 3) + DAY * number for number in range(182)])
    found = values(WROTE.stickiness, HistoryRange(at(2025, 7, 1), at(2026, 1, 1), step, UTC))
    assert [value for value in found if value is not None] == [pytest.approx(100)] * (len(found) - found.count(None))
    assert found[-1] is not None


def test_who_came_is_hidden_altogether_if_one_number_of_it_is(settings: Settings) -> None:
    """The hidden one would be what is left of the sum."""
    settings.STATISTICS = {**settings.STATISTICS, "HIDE_PEOPLE_BELOW": 3}
    covered()
    for _ in range(5):
        wrote(at(2026, 3, 18), at(2026, 3, 19))
    wrote(at(2026, 3, 19))
    days = shown(at(2026, 3, 18), at(2026, 3, 20))
    assert values(WROTE.people, days) == [5, 6]
    assert [values(metric, days) for metric in WROTE.came] == [[5, None], [0, None], [0, None]]
