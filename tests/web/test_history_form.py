"""What an address says of the history, whatever it says: a question or a refusal, and the same address again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.exceptions import ParameterError
from statistics_app.history.metrics import BY_KEY, METRICS
from statistics_app.history.request import HistoryRequest
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.models import EventCoverage
from statistics_app.web.history_form import HistoryForm, Span, local_text
from tests.history.conftest import Store, at, store

from .any_query import TIMES, any_query, query, thorough

__all__ = ["store"]  # a fixture

pytestmark = pytest.mark.django_db

NOW = at(2026, 3, 20, 12, 34)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(sorted(available_timezones())) | st.sampled_from(
    ["../../etc/passwd", "/etc/localtime", "", "europe/berlin"]
)
ANY = st.text(max_size=30)
ANY_QUERY = any_query(
    metrics=st.lists(st.sampled_from(list(BY_KEY)), max_size=4).map(",".join) | ANY,
    range=st.sampled_from(Span) | ANY,
    since=TIMES,
    until=TIMES,
    step=st.sampled_from(["auto", *Step]) | ANY,
    tz=ZONES | ANY,
    **{"as": st.sampled_from(SeriesMode) | ANY},
)


def form(readers: ZoneInfo = BERLIN, **fields: str | list[str]) -> HistoryForm:
    return HistoryForm.read(query(**fields), readers)


def custom(since: str, until: str, **fields: str) -> HistoryRequest:
    return form(range="custom", since=since, until=until, **fields).request(NOW)


@thorough
@given(ANY_QUERY)
def test_any_query_is_a_question_or_is_refused(any_: QueryDict) -> None:
    read = HistoryForm.read(any_, BERLIN)
    # What the page shows of it can always be shown.
    assert (len(read.ranges), len(read.steps)) == (7, 6)
    assert sum(len(metrics) for _, metrics in read.groups) == len(METRICS)
    try:
        asked = read.request(NOW)
    except ParameterError:
        return
    assert asked.range.since < asked.range.until
    assert asked.metrics == tuple(dict.fromkeys(read.chosen))


@thorough
@given(ANY_QUERY)
def test_an_address_leads_to_the_same_form(any_: QueryDict) -> None:
    read = HistoryForm.read(any_, BERLIN)
    again = HistoryForm.read(QueryDict(read.address), ZoneInfo("Asia/Kathmandu"))
    assert again.address == read.address
    try:
        asked = read.request(NOW)
    except ParameterError:
        return
    assert again.request(NOW) == asked


def test_a_bare_address_is_the_last_month_of_messages_and_users_in_the_readers_zone() -> None:
    asked = form().request(NOW)
    assert [metric.key for metric in asked.metrics] == ["totalUsers", "totalMessages"]
    assert (asked.range.since, asked.range.until) == (NOW - timedelta(days=30), NOW)
    assert (asked.range.zone, asked.mode) == (BERLIN, SeriesMode.VALUE)


def test_a_form_in_which_no_metric_is_left_has_none() -> None:
    assert form(step="auto").metrics == ()
    assert form(step="auto", metrics="").metrics == ()
    assert form(metrics="").metrics == ("totalUsers", "totalMessages")
    assert HistoryForm.read(QueryDict(form(step="auto").address), BERLIN).metrics == ()


def test_metrics_are_written_one_by_one_or_with_commas_and_stay_in_the_order_of_the_list() -> None:
    for metrics in ("totalRooms,newUsers", ["newUsers", "totalRooms"], " totalRooms , newUsers ", "totalRooms,,newUsers,"):
        read = form(metrics=metrics)
        assert [metric.key for metric in read.chosen] == ["newUsers", "totalRooms"]
        assert [metric.key for metric in read.request(NOW).metrics] == ["newUsers", "totalRooms"]
        assert {metric.key for _, shown in read.groups for metric, is_chosen in shown if is_chosen} == {
            "totalRooms",
            "newUsers",
        }


@pytest.mark.parametrize(
    ("span", "length"),
    [
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(7)),
        ("30d", timedelta(30)),
        ("90d", timedelta(90)),
        ("1y", timedelta(365)),
    ],
)
def test_a_range_ends_now_and_wins_over_moments(span: str, length: timedelta) -> None:
    asked = form(range=span, since="2020-01-01T00:00", until="nonsense").request(NOW).range
    assert (asked.since, asked.until) == (NOW - length, NOW)


def test_moments_without_a_range_are_used() -> None:
    asked = form(since="2026-03-01T00:00", until="2026-03-02T00:00").request(NOW).range
    assert (asked.since, asked.until) == (at(2026, 2, 28, 23), at(2026, 3, 1, 23))


@pytest.mark.parametrize(
    ("since", "moment"),
    [
        ("2026-03-01T10:00", at(2026, 3, 1, 9)),
        ("2026-03-01", at(2026, 2, 28, 23)),
        ("2026-03-01T10:00Z", at(2026, 3, 1, 10)),
        ("2026-03-01T10:00-05:00", at(2026, 3, 1, 15)),
        ("2025-07-01T10:00:30", at(2025, 7, 1, 8, 0, 30)),
        ("2026-03-29T02:30", at(2026, 3, 29, 1, 30)),  # is skipped: as long after two as is written
    ],
)
def test_a_time_without_a_zone_is_one_on_the_zones_clock(since: str, moment: datetime) -> None:
    assert custom(since, "2026-04-01T00:00", tz="Europe/Berlin").range.since == moment
    assert custom("2020-01-01T00:00", since, tz="Europe/Berlin").range.until == moment


def test_an_hour_that_comes_twice_is_whole_from_its_beginning_to_its_end() -> None:
    asked = custom("2025-10-26T02:15", "2025-10-26T02:45", tz="Europe/Berlin").range
    assert (asked.since, asked.until) == (at(2025, 10, 26, 0, 15), at(2025, 10, 26, 1, 45))


def test_the_zone_of_the_address_wins_over_the_readers() -> None:
    asked = custom("2026-03-01T00:00", "2026-03-02T00:00", tz="Asia/Kathmandu").range
    assert (asked.zone.key, asked.since) == ("Asia/Kathmandu", at(2026, 2, 28, 18, 15))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"])
@thorough
@given(moment=st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 1)))  # noqa: DTZ001
def test_the_text_of_a_field_is_read_as_the_moment_it_was_written_of(zone: str, moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    local = minute.astimezone(ZoneInfo(zone))
    # The second time of an hour that comes twice looks like the first; old zones are off by seconds.
    is_first = local.fold == 0 and local.second == 0
    read = custom(local_text(minute, ZoneInfo(zone)), "2199-12-31T00:00Z", tz=zone).range.since
    assert read == minute or not is_first


def test_all_begins_where_the_history_begins(store: Store) -> None:
    assert form(range="all").request(NOW).range.since == NOW - timedelta(days=30)
    store(at(2026, 1, 15, 7))
    store(at(2026, 2, 1))
    assert form(range="all").request(NOW).range.since == at(2026, 1, 15, 7)
    EventCoverage.objects.create(since=at(2019, 5, 1), measured_since=at(2026, 2, 1), until=NOW)
    assert form(range="all").request(NOW).range.since == at(2019, 5, 1)


def test_all_of_a_history_that_has_just_begun_is_an_hour(store: Store) -> None:
    store(NOW - timedelta(seconds=5))
    assert form(range="all").request(NOW).range.since == NOW - timedelta(hours=1)


def test_all_of_a_history_older_than_the_calendar_of_steps_is_what_can_be_asked_for() -> None:
    EventCoverage.objects.create(since=at(1, 1, 1), measured_since=NOW, until=NOW)
    assert form(range="all").request(NOW).range.since == at(1900, 1, 1)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"metrics": "totalUsers,totalNonsense"}, "'metrics' does not know 'totalNonsense'"),
        ({"tz": "Europe/Atlantis"}, "'tz' has to be a zone's IANA name"),
        ({"tz": "../../etc/passwd"}, "'tz' has to be a zone's IANA name"),
        ({"tz": "Europe/Atlantis", "range": "custom", "since": "2026-03-01T00:00"}, "'tz' has to be a zone's IANA name"),
        ({"range": "2y"}, "'range' has to be one of 24h, 7d, 30d, 90d, 1y, all, custom, not '2y'."),
        ({"metrics": "totalUsers", "step": "minute"}, "'step' has to be one of auto, quarter"),
        ({"metrics": "totalUsers", "step": "quarter", "range": "1y"}, "'step' would be more than 10,000 points"),
        ({"step": "day"}, "'metrics' has to name one at least."),
        ({"as": "speed"}, "'as' has to be one of value, change"),
        ({"range": "custom"}, "'since' has to be a time"),
        ({"since": "soon", "until": "2026-03-01T00:00"}, "'since' has to be a time such as"),
        ({"since": "2026-03-02T00:00", "until": "2026-03-01T00:00"}, "'since' has to be before 'until'"),
        ({"since": "2026-03-01T00:00", "until": "2026-03-01T00:00"}, "'since' has to be before 'until'"),
        ({"since": "0001-01-01T00:00", "until": "2026-03-01T00:00"}, "'since' has to be"),
        ({"since": "2026-03-01T00:00", "until": "9999-12-31T23:59:59-01:00"}, "'until' has to be in the years"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(fields: dict[str, str], told: str) -> None:
    with pytest.raises(ParameterError) as refused:
        form(**fields).request(NOW)
    assert refused.value.reason.startswith(told)


def test_moments_are_in_the_address_only_where_they_are_used() -> None:
    assert "since" not in form(range="7d", since="2026-03-01T00:00").address
    address = form(metrics=["totalUsers", "totalRooms"], since="2026-03-01T00:00", until="2026-03-02T00:00").address
    assert address == (
        "metrics=totalUsers,totalRooms&range=custom&step=auto&tz=Europe/Berlin&as=value&since=2026-03-01T00:00&until=2026-03-02T00:00"
    )


def test_every_range_has_a_name_of_its_own() -> None:
    assert [span.label for span in Span] == ["24 h", "7 d", "30 d", "90 d", "1 y", "All", "From – to"]
