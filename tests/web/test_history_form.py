"""The history form: every query gives a request or an error, and the form's query string gives the same form again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.catalogue.statistic import Group
from statistics_app.exceptions import ParameterError
from statistics_app.history.metrics import BY_KEY, METRICS
from statistics_app.history.request import HistoryRequest
from statistics_app.history.series import SeriesMode
from statistics_app.history.spans import Period
from statistics_app.history.steps import Step
from statistics_app.models import EventCoverage
from statistics_app.web.history_form import HistoryForm
from statistics_app.web.range_form import Span, local_text
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
    range=st.sampled_from([*Span, *Period]) | ANY,
    since=TIMES,
    until=TIMES,
    step=st.sampled_from(["auto", *Step]) | ANY,
    tz=ZONES | ANY,
    **{"as": st.sampled_from(SeriesMode) | ANY},
)


def form(default_zone: ZoneInfo = BERLIN, **fields: str | list[str]) -> HistoryForm:
    return HistoryForm.read(query(**fields), default_zone)


def custom(since: str, until: str, **fields: str) -> HistoryRequest:
    return form(range="custom", since=since, until=until, **fields).request(NOW)


@thorough
@given(ANY_QUERY)
def test_any_query_gives_a_request_or_is_rejected(any_: QueryDict) -> None:
    read = HistoryForm.read(any_, BERLIN)
    # The form itself can be rendered in every case.
    assert (len(read.spans), len(read.steps), len(read.periods)) == (6, 8, len(Period))
    assert sum(len(metrics) for _, metrics, _ in read.groups) == len(METRICS)
    try:
        request = read.request(NOW)
    except ParameterError:
        return
    assert request.range.since < request.range.until
    assert request.metrics == tuple(dict.fromkeys(read.chosen))


@thorough
@given(ANY_QUERY)
def test_the_query_string_gives_the_same_form(any_: QueryDict) -> None:
    read = HistoryForm.read(any_, BERLIN)
    again = HistoryForm.read(QueryDict(read.query_string), ZoneInfo("Asia/Kathmandu"))
    assert again.query_string == read.query_string
    try:
        request = read.request(NOW)
    except ParameterError:
        return
    assert again.request(NOW) == request


def test_the_default_is_the_last_month_of_messages_and_users_in_the_readers_zone() -> None:
    request = form().request(NOW)
    assert [metric.key for metric in request.metrics] == ["totalUsers", "totalMessages"]
    assert (request.range.since, request.range.until) == (NOW - timedelta(days=30), NOW)
    assert (request.range.zone, request.mode) == (BERLIN, SeriesMode.VALUE)


def test_a_submitted_form_without_metrics_has_none() -> None:
    assert form(step="auto").metrics == ()
    assert form(step="auto", metrics="").metrics == ()
    assert form(metrics="").metrics == ("totalUsers", "totalMessages")
    assert HistoryForm.read(QueryDict(form(step="auto").query_string), BERLIN).metrics == ()


def test_metrics_are_repeated_or_separated_by_commas_and_keep_the_order_of_the_list() -> None:
    for value in ("totalRooms,newUsers", ["newUsers", "totalRooms"], " totalRooms , newUsers ", "totalRooms,,newUsers,"):
        read = form(metrics=value)
        assert [metric.key for metric in read.chosen] == ["newUsers", "totalRooms"]
        assert [metric.key for metric in read.request(NOW).metrics] == ["newUsers", "totalRooms"]
        selected = {metric.key for _, metrics, _ in read.groups for metric, is_selected in metrics if is_selected}
        assert selected == {"totalRooms", "newUsers"}


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
def test_a_range_ends_now_and_takes_precedence_over_moments(span: str, length: timedelta) -> None:
    time_range = form(range=span, since="2020-01-01T00:00", until="nonsense").request(NOW).range
    assert (time_range.since, time_range.until) == (NOW - length, NOW)


def test_moments_without_a_range_are_used() -> None:
    time_range = form(since="2026-03-01T00:00", until="2026-03-02T00:00").request(NOW).range
    assert (time_range.since, time_range.until) == (at(2026, 2, 28, 23), at(2026, 3, 1, 23))


@pytest.mark.parametrize(
    ("since", "moment"),
    [
        ("2026-03-01T10:00", at(2026, 3, 1, 9)),
        ("2026-03-01", at(2026, 2, 28, 23)),
        ("2026-03-01T10:00Z", at(2026, 3, 1, 10)),
        ("2026-03-01T10:00-05:00", at(2026, 3, 1, 15)),
        ("2025-07-01T10:00:30", at(2025, 7, 1, 8, 0, 30)),
        ("2026-03-29T02:30", at(2026, 3, 29, 1, 30)),  # skipped by the clocks: half an hour after their change
    ],
)
def test_a_time_without_a_zone_is_a_local_time_of_the_forms_zone(since: str, moment: datetime) -> None:
    assert custom(since, "2026-04-01T00:00", tz="Europe/Berlin").range.since == moment
    assert custom("2020-01-01T00:00", since, tz="Europe/Berlin").range.until == moment


def test_a_range_in_a_repeated_hour_covers_both_occurrences() -> None:
    time_range = custom("2025-10-26T02:15", "2025-10-26T02:45", tz="Europe/Berlin").range
    assert (time_range.since, time_range.until) == (at(2025, 10, 26, 0, 15), at(2025, 10, 26, 1, 45))


def test_the_zone_of_the_form_takes_precedence_over_the_readers() -> None:
    time_range = custom("2026-03-01T00:00", "2026-03-02T00:00", tz="Asia/Kathmandu").range
    assert (time_range.zone.key, time_range.since) == ("Asia/Kathmandu", at(2026, 2, 28, 18, 15))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"])
@thorough
@given(moment=st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 1)))  # noqa: DTZ001
def test_the_value_of_a_field_is_read_as_the_moment_it_was_formatted_from(zone: str, moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    local = minute.astimezone(ZoneInfo(zone))
    # In a repeated hour, the second occurrence looks like the first; old UTC offsets include seconds.
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


def test_the_whole_of_a_new_history_is_an_hour(store: Store) -> None:
    store(NOW - timedelta(seconds=5))
    assert form(range="all").request(NOW).range.since == NOW - timedelta(hours=1)


def test_the_whole_of_a_very_old_history_begins_with_the_first_valid_year() -> None:
    EventCoverage.objects.create(since=at(1, 1, 1), measured_since=NOW, until=NOW)
    assert form(range="all").request(NOW).range.since == at(1900, 1, 1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"metrics": "totalUsers,totalNonsense"}, "'metrics': there is no metric 'totalNonsense'"),
        ({"tz": "Europe/Atlantis"}, "'tz' must be a zone's IANA name"),
        ({"tz": "../../etc/passwd"}, "'tz' must be a zone's IANA name"),
        ({"tz": "Europe/Atlantis", "range": "custom", "since": "2026-03-01T00:00"}, "'tz' must be a zone's IANA name"),
        ({"range": "2y"}, "'range' must be one of 24h, 7d, 30d, 90d, 1y, all, custom, today, yesterday, "),
        ({"metrics": "totalUsers", "step": "minute"}, "'step' must be one of auto, 15min"),
        ({"metrics": "totalUsers", "step": "15min", "range": "1y"}, "'step' would give more than 10,000 points"),
        ({"step": "day"}, "'metrics' has to name one at least."),
        ({"as": "speed"}, "'as' must be one of value, change"),
        ({"range": "custom"}, "'since' must be a time"),
        ({"since": "soon", "until": "2026-03-01T00:00"}, "'since' must be a time such as"),
        ({"since": "2026-03-02T00:00", "until": "2026-03-01T00:00"}, "'since' must be before 'until'"),
        ({"since": "2026-03-01T00:00", "until": "2026-03-01T00:00"}, "'since' must be before 'until'"),
        ({"since": "0001-01-01T00:00", "until": "2026-03-01T00:00"}, "'since' must be"),
        ({"since": "2026-03-01T00:00", "until": "9999-12-31T23:59:59-01:00"}, "'until' must be in the years"),
    ],
)
def test_invalid_parameters_are_rejected_by_name(fields: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        form(**fields).request(NOW)
    assert raised.value.reason.startswith(message)


def test_the_query_string_contains_moments_only_if_they_are_used() -> None:
    assert "since" not in form(range="7d", since="2026-03-01T00:00").query_string
    custom_range = form(metrics=["totalUsers", "totalRooms"], since="2026-03-01T00:00", until="2026-03-02T00:00")
    assert custom_range.query_string == (
        "metrics=totalUsers,totalRooms&as=value&range=custom&step=auto&tz=Europe/Berlin&since=2026-03-01T00:00&until=2026-03-02T00:00"
    )


def test_every_range_has_a_name_of_its_own() -> None:
    assert [span.label for span in Span] == ["24 h", "7 d", "30 d", "90 d", "1 y", "All", "From – to"]


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("today", at(2026, 3, 19, 23), NOW),
        ("yesterday", at(2026, 3, 18, 23), at(2026, 3, 19, 23)),
        ("this-week", at(2026, 3, 15, 23), NOW),
        ("last-week", at(2026, 3, 8, 23), at(2026, 3, 15, 23)),
        ("this-month", at(2026, 2, 28, 23), NOW),
        ("last-month", at(2026, 1, 31, 23), at(2026, 2, 28, 23)),
        ("this-quarter", at(2025, 12, 31, 23), NOW),
        ("last-quarter", at(2025, 9, 30, 22), at(2025, 12, 31, 23)),
        ("this-year", at(2025, 12, 31, 23), NOW),
        ("last-year", at(2024, 12, 31, 23), at(2025, 12, 31, 23)),
    ],
)
def test_a_period_of_the_calendar_is_that_of_the_zone(period: str, since: datetime, until: datetime) -> None:
    chosen = form(range=period, tz="Europe/Berlin")
    assert (chosen.request(NOW).range.since, chosen.request(NOW).range.until) == (since, until)
    assert chosen.period == period
    assert f"range={period}&" in dict(chosen.periods)[Period(period)]


def test_a_day_that_has_just_begun_can_be_shown() -> None:
    request = form(range="today", tz="UTC").request(at(2026, 3, 20))
    assert (request.range.since, request.range.until) == (at(2026, 3, 20), at(2026, 3, 20, 1))


def earlier(**fields: str) -> list[datetime]:
    """Return the bounds of the earlier time that a form compares with."""
    given = form(metrics="totalUsers", **fields)
    shown = given.request(NOW).range
    compared = given.earlier(shown)
    assert compared is not None
    assert len(compared.starts) == len(shown.starts)
    assert (compared.step, compared.zone) == (shown.step, shown.zone)
    return compared.bounds


def test_the_previous_period_ends_where_the_shown_one_begins() -> None:
    bounds = earlier(range="7d", compare="previous", step="day", tz="UTC")
    shown = form(metrics="totalUsers", range="7d", step="day", tz="UTC").request(NOW).range
    assert bounds[0] == shown.bounds[0] - timedelta(days=7)
    assert bounds[0] <= shown.since - timedelta(days=7) < bounds[1]


def test_the_previous_period_of_the_calendar_begins_with_it() -> None:
    for period in ("this-month", "last-month"):
        zone = ZoneInfo("Europe/Berlin")
        shown = form(metrics="totalUsers", range=period, step="day").request(NOW).range
        start = earlier(range=period, compare="previous", step="day")[0].astimezone(zone)
        first = shown.since.astimezone(zone)
        assert (start.day, start.hour) == (1, 0)
        assert 12 * first.year + first.month - (12 * start.year + start.month) == 1


def test_a_year_ago_is_the_same_local_time_also_on_29_february() -> None:
    fields = {"range": "custom", "tz": "Europe/Berlin", "compare": "year"}
    assert earlier(since="2024-02-29T00:00", until="2024-03-02T00:00", step="day", **fields)[0] == at(2023, 2, 27, 23)
    # Clocks went forward in Berlin on 31 March 2024, and on 26 March 2023: days have 23 or 24 hours, and steps stay whole days.
    starts = earlier(since="2024-03-25T00:00", until="2024-04-02T00:00", step="day", **fields)
    assert [start.astimezone(ZoneInfo("Europe/Berlin")).hour for start in starts] == [0] * 9


def test_what_is_compared_with_is_valid_and_part_of_the_link() -> None:
    assert form(range="7d").earlier(form(range="7d").request(NOW).range) is None
    given = form(range="7d", compare="year")
    assert "compare=year" in given.query_string
    assert "compare" not in form(range="7d").query_string
    for wrong in (form(range="7d", compare="tomorrow"), form(range="custom", since="1900-01-02", compare="year")):
        with pytest.raises(ParameterError, match="'compare'"):
            wrong.earlier(wrong.request(NOW).range)


def test_groups_with_a_selected_metric_are_open_and_all_without_any() -> None:
    opened = {group for group, _, is_open in form(metrics="totalRooms,os.freemem").groups if is_open}
    assert opened == {Group.ROOMS, Group.SERVER}
    assert all(is_open for *_, is_open in form(step="day").groups)


def test_a_set_selects_its_metrics_and_keeps_the_rest() -> None:
    shown = form(range="90d", step="day", tz="Asia/Kathmandu", metrics="totalRooms")
    queries = {name: QueryDict(query) for name, query, _ in shown.sets}
    assert list(queries) == ["Messages by kind", "People", "Presence", "Storage", "Server"]
    for name, chosen in queries.items():
        there = HistoryForm.read(chosen, BERLIN)
        assert len(there.chosen) == len(there.metrics) >= 3
        assert (there.range, there.step, there.tz) == ("90d", "day", "Asia/Kathmandu")
        assert [other for other, _, is_chosen in there.sets if is_chosen] == [name]
