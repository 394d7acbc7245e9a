"""Charts of a page: every metric once, one unit and kind per chart, and a table with the same values."""

import json
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.catalogue.statistic import Unit
from statistics_app.history.metric import Metric, MetricKind
from statistics_app.history.metrics import BY_KEY, METRICS
from statistics_app.history.points import Certainty, HistoryRange, Point
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.presentation.charts import ROWS_PER_PAGE, Charts, charts
from statistics_app.presentation.number_format import format_change, format_number
from statistics_app.presentation.time_axis import format_time

from .points import MONDAY, VALUES, any_points, measured, rebuilt
from .thorough import thorough

BERLIN = ZoneInfo("Europe/Berlin")
LABEL_HEIGHT = 0.075
OF_USERS = [metric for metric in METRICS if metric.unit is Unit.USERS and metric.kind is MetricKind.GAUGE]


def over_hours(number: int) -> HistoryRange:
    return HistoryRange(MONDAY, MONDAY + timedelta(hours=number), Step.HOUR, BERLIN, "default")


def of_hours(found: dict[str, list[Point]], mode: SeriesMode = SeriesMode.VALUE) -> Charts:
    """Return the charts of hourly series, given by the keys of their metrics."""
    number = len(next(iter(found.values())))
    return charts({BY_KEY[key]: points for key, points in found.items()}, over_hours(number), mode)


@st.composite
def any_series(draw: st.DrawFn, most: int = 12) -> dict[Metric, list[Point]]:
    """Draw series of some metrics over the same steps."""
    number = draw(st.integers(1, 12))
    metrics = draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=most, unique=True))
    return {metric: draw(any_points(least=number, most=number)) for metric in metrics}


@thorough
@given(any_series(most=len(METRICS)), st.sampled_from(SeriesMode))
def test_every_metric_is_on_one_chart_of_its_unit_and_kind(found: dict[Metric, list[Point]], mode: SeriesMode) -> None:
    laid_out = charts(found, over_hours(len(next(iter(found.values())))), mode)
    assert sorted(line.metric.key for panel in laid_out.panels for line in panel.lines) == sorted(
        metric.key for metric in found
    )
    for panel in laid_out.panels:
        assert {(line.metric.unit, line.metric.kind) for line in panel.lines} == {(panel.unit, panel.lines[0].metric.kind)}
        assert [line.number for line in panel.lines] == list(range(1, len(panel.lines) + 1))
        assert len(panel.lines) <= 6
        assert all(found[line.metric] == line.points for line in panel.lines)


def test_all_metrics_at_once_make_no_more_charts_than_they_need() -> None:
    laid_out = charts({metric: measured(1, 2) for metric in METRICS}, over_hours(2), SeriesMode.VALUE)
    kinds = [(metric.unit, metric.kind) for metric in METRICS]
    assert len(laid_out.panels) == sum(-(-kinds.count(kind) // 6) for kind in set(kinds))
    assert [line.metric for line in laid_out.panels[0].lines] == list(METRICS[:6])


@thorough
@given(st.lists(VALUES | st.none(), min_size=1, max_size=6), st.sampled_from(SeriesMode))
def test_labels_of_lines_never_overlap_and_stay_on_the_chart(values: list[float | None], mode: SeriesMode) -> None:
    laid_out = of_hours({metric.key: measured(value) for metric, value in zip(OF_USERS, values, strict=False)}, mode)
    places = sorted(line.label_at for panel in laid_out.panels for line in panel.lines)
    assert all(later - earlier >= LABEL_HEIGHT - 1e-9 for earlier, later in pairwise(places))
    assert places[0] >= LABEL_HEIGHT / 2 - 1e-9
    assert places[-1] <= 1 - LABEL_HEIGHT / 2 + 1e-9


@thorough
@given(st.lists(st.integers(0, 1000).map(float), min_size=2, max_size=6))
def test_labels_are_in_the_order_of_the_line_ends(values: list[float]) -> None:
    laid_out = of_hours({metric.key: measured(value) for metric, value in zip(OF_USERS, values, strict=False)})
    lines = sorted(laid_out.panels[0].lines, key=lambda line: line.label_at)
    ends = [line.points[-1].value or 0 for line in lines]
    assert ends == sorted(ends, reverse=True)


def test_a_label_with_enough_space_is_at_the_end_of_its_line() -> None:
    panel = of_hours({"totalUsers": measured(0, 100), "activeUsers": measured(100, 0), "awayUsers": measured(5, 50)}).panels[0]
    assert [line.label_percent for line in panel.lines] == pytest.approx(
        [100 * LABEL_HEIGHT / 2, 100 - 100 * LABEL_HEIGHT / 2, 50]
    )


def test_the_last_value_is_the_last_known_one() -> None:
    panel = of_hours({"totalUsers": measured(1, 1234, None), "awayUsers": measured(None, None, None)}).panels[0]
    assert [line.last for line in panel.lines] == ["1,234", "–"]


@thorough
@given(any_series(), st.sampled_from(SeriesMode))
def test_the_table_has_the_values_of_the_points_latest_first(found: dict[Metric, list[Point]], mode: SeriesMode) -> None:
    number = len(next(iter(found.values())))
    laid_out = charts(found, over_hours(number), mode)
    write = format_change if mode is SeriesMode.CHANGE else format_number
    order = [line.metric for panel in laid_out.panels for line in panel.lines]
    sources = {None: "", Certainty.MEASURED: "", Certainty.REBUILT: "rebuilt", Certainty.REPORTED: "reported by the server"}
    expected = [
        (
            format_time(MONDAY + timedelta(hours=i), BERLIN),
            [(write(found[one][i].value, one.unit), sources[found[one][i].certainty]) for one in order],
        )
        for i in reversed(range(number))
    ]
    assert list(laid_out.table("1")) == expected


def test_a_long_table_has_pages() -> None:
    laid_out = of_hours({"totalMessages": measured(*range(ROWS_PER_PAGE + 2))})
    first, last = laid_out.table("1"), laid_out.table("2")
    assert [len(first), len(last), last.paginator.num_pages] == [ROWS_PER_PAGE, 2, 2]
    assert [cells[0][0] for _, cells in last] == ["1", "0"]
    assert list(laid_out.table("none")) == list(first)


def test_changes_have_their_signs_everywhere() -> None:
    laid_out = of_hours({"totalMessages": measured(5, -3, 0, None)}, SeriesMode.CHANGE)
    assert [cells[0][0] for _, cells in laid_out.table("1")] == ["–", "±0", "−3", "+5"]
    assert laid_out.panels[0].lines[0].last == "±0"


@thorough
@given(any_series(), st.sampled_from(SeriesMode))
def test_the_data_for_scripts_has_the_values_of_the_points(found: dict[Metric, list[Point]], mode: SeriesMode) -> None:
    number = len(next(iter(found.values())))
    laid_out = charts(found, over_hours(number), mode)
    assert json.loads(laid_out.seconds) == [MONDAY.timestamp() + 3600 * i for i in range(number)]
    for panel in laid_out.panels:
        assert json.loads(panel.values) == [[point.value for point in found[line.metric]] for line in panel.lines]
        for line, until in zip(panel.lines, json.loads(panel.rebuilt_until), strict=True):
            certain = [point.certainty is Certainty.REBUILT for point in found[line.metric]]
            assert not any(certain[until + 1 :])
            assert until == -1 or certain[until]


def test_time_ticks_are_at_their_steps() -> None:
    laid_out = of_hours({"totalUsers": measured(*range(13))})
    assert [text for _, text in laid_out.time_ticks] == ["03:00", "06:00", "09:00", "12:00"]
    assert [x for x, _ in laid_out.time_ticks] == pytest.approx([100 * hour / 12 for hour in (2, 5, 8, 11)])


@pytest.mark.parametrize(
    ("key", "mode", "title"),
    [
        ("totalMessages", SeriesMode.VALUE, "Messages"),
        ("totalMessages", SeriesMode.CHANGE, "Messages, change"),
        ("sentMessages", SeriesMode.VALUE, "Messages sent"),
        ("newUploadBytes", SeriesMode.VALUE, "Bytes of new files"),
        ("newUsers", SeriesMode.VALUE, "New users"),
        ("os.loadavg.0", SeriesMode.VALUE, "Load"),
    ],
)
def test_the_title_describes_the_chart(key: str, mode: SeriesMode, title: str) -> None:
    assert of_hours({key: measured(1)}, mode).panels[0].title == title


def test_charts_of_different_kinds_have_different_titles() -> None:
    laid_out = charts({metric: measured(1) for metric in METRICS}, over_hours(1), SeriesMode.VALUE)
    titles = {(panel.title, panel.unit, panel.lines[0].metric.kind) for panel in laid_out.panels}
    assert len({title for title, _, _ in titles}) == len(titles)


def test_partly_rebuilt_charts_are_recognized() -> None:
    assert of_hours({"totalUsers": rebuilt(1), "totalRooms": measured(1)}).is_partly_rebuilt
    assert not of_hours({"totalUsers": measured(1), "totalRooms": measured(None)}).is_partly_rebuilt
