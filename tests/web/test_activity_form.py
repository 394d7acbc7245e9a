"""The form of the page of activity."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.exceptions import ParameterError
from statistics_app.history.activity import Activity
from statistics_app.history.spans import Period
from statistics_app.history.steps import STEPS_OF_DAYS, Step
from statistics_app.models import SeenDay
from statistics_app.web.activity_form import ActivityForm
from statistics_app.web.range_form import Span
from tests.history.conftest import at

from .any_query import TIMES, any_query, query, thorough

pytestmark = pytest.mark.django_db

NOW, BERLIN = at(2026, 3, 20, 12, 34), ZoneInfo("Europe/Berlin")
ANY = st.text(max_size=20)


def form(**fields: str) -> ActivityForm:
    return ActivityForm.read(query(**fields), BERLIN)


@thorough
@given(
    any_query(
        range=st.sampled_from([*Span, *Period]) | ANY,
        since=TIMES,
        until=TIMES,
        step=st.sampled_from(["auto", *Step]) | ANY,
        tz=st.sampled_from(["UTC", "Asia/Kathmandu"]) | ANY,
        activity=st.sampled_from(Activity) | ANY,
    )
)
def test_any_query_gives_a_range_of_whole_days_or_is_rejected(any_: QueryDict) -> None:
    read = ActivityForm.read(any_, BERLIN)
    again = ActivityForm.read(QueryDict(read.query_string), ZoneInfo("Asia/Kathmandu"))
    try:
        found = read.request(NOW)
    except ParameterError:
        return
    assert again.request(NOW) == found
    assert found[1].step in STEPS_OF_DAYS


@pytest.mark.parametrize(
    ("span", "step"), [("24h", "day"), ("30d", "day"), ("90d", "day"), ("1y", "week"), ("this-year", "day")]
)
def test_steps_are_days_or_as_long_as_bars_need_them(span: str, step: str) -> None:
    assert form(range=span).request(NOW)[1].step == step


def test_years_are_shown_by_month() -> None:
    since = NOW - timedelta(days=8 * 365)
    assert form(range="custom", since=since.isoformat()).request(NOW)[1].step == "month"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"step": "hour"}, "'step' must be one of auto, day, week"),
        ({"activity": "slept"}, "'activity' must be one of wrote, present"),
        ({"activity": "present"}, "'activity' cannot be 'present'"),
        ({"range": "custom", "since": "2026-04-01", "until": "2026-03-01"}, "'since' must be before 'until'"),
    ],
)
def test_invalid_parameters_are_rejected_by_name(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        form(**fields).request(NOW)
    assert raised.value.reason.startswith(message)


def test_who_was_there_can_be_chosen_once_it_is_known() -> None:
    SeenDay.objects.create(day=20_000, person=1, am=1, pm=0)
    assert form(activity="present").request(NOW)[0] is Activity.PRESENT
