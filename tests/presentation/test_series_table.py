"""The table of charts: the values of the points, in any column's order, with totals and averages, and ways to snapshots."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.history.metric import Metric
from statistics_app.history.metrics import BY_KEY, METRICS
from statistics_app.history.points import Certainty, HistoryRange, Point
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.presentation.charts import Charts, charts
from statistics_app.presentation.number_format import format_change, format_number
from statistics_app.presentation.series_table import ROWS_PER_PAGE
from statistics_app.presentation.time_axis import format_step

from .points import MONDAY, any_points, measured, rebuilt
from .thorough import thorough

BERLIN = ZoneInfo("Europe/Berlin")


def over_hours(number: int) -> HistoryRange:
    return HistoryRange(MONDAY, MONDAY + timedelta(hours=number), Step.HOUR, BERLIN, "default")


def of_hours(found: dict[str, list[Point]], mode: SeriesMode = SeriesMode.VALUE, open_step: int | None = None) -> Charts:
    """Return the charts of hourly series, by the keys of their metrics; the step with a number may be in progress."""
    now = None if open_step is None else MONDAY + timedelta(hours=open_step, minutes=5)
    number = len(next(iter(found.values())))
    return charts({BY_KEY[key]: points for key, points in found.items()}, over_hours(number), mode, now=now)


@st.composite
def any_series(draw: st.DrawFn) -> dict[Metric, list[Point]]:
    """Draw series of some metrics over the same steps."""
    number = draw(st.integers(1, 12))
    metrics = draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=12, unique=True))
    return {metric: draw(any_points(least=number, most=number)) for metric in metrics}


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
            format_step(MONDAY + timedelta(hours=i), BERLIN, Step.HOUR),
            [(write(found[one][i].value, one.unit), sources[found[one][i].certainty]) for one in order],
        )
        for i in reversed(range(number))
    ]
    assert [(row.time, row.cells) for row in laid_out.table.page("1")] == expected
    assert list(laid_out.table.rows) == list(laid_out.table.page("1"))


@thorough
@given(any_series())
def test_any_column_orders_the_rows_with_unknown_values_last(found: dict[Metric, list[Point]]) -> None:
    laid_out = charts(found, over_hours(len(next(iter(found.values())))), SeriesMode.VALUE)
    for metric, points in found.items():
        known = sorted(point.value for point in points if point.value is not None)
        unknown = ["–"] * (len(points) - len(known))
        column = [line.metric for panel in laid_out.panels for line in panel.lines].index(metric)
        for sort, values in ((metric.key, known), (f"-{metric.key}", known[::-1])):
            texts = [row.cells[column][0] for row in laid_out.table.page("1", sort)]
            assert texts == [*(format_number(value, metric.unit) for value in values), *unknown]


def test_a_long_table_has_pages_in_the_same_order() -> None:
    table = of_hours({"totalMessages": measured(*range(ROWS_PER_PAGE + 2))}).table
    first, last = table.page("1"), table.page("2")
    assert [len(first), len(last), last.paginator.num_pages] == [ROWS_PER_PAGE, 2, 2]
    assert [row.cells[0][0] for row in last] == ["1", "0"]
    assert list(table.page("none")) == list(first)
    assert [row.cells[0][0] for row in table.page("2", "time")] == [str(ROWS_PER_PAGE), str(ROWS_PER_PAGE + 1)]


def test_a_click_on_a_head_sorts_by_the_greatest_first_and_the_next_by_the_least() -> None:
    table = of_hours({"totalMessages": measured(1, 2)}).table
    assert [(head.sort, head.sorted) for head in table.heads()] == [("time", "descending"), ("-totalMessages", "")]
    by_value = table.heads("-totalMessages")
    assert [(head.sort, head.sorted) for head in by_value] == [("-time", ""), ("totalMessages", "descending")]
    assert table.heads("totalMessages")[1].sorted == "ascending"
    assert table.heads("nothing") == table.heads()


def test_counts_have_a_total_and_everything_an_average_of_the_steps_that_are_over() -> None:
    found = {"onlineUsers": measured(1, 3, 8), "sentMessages": measured(10, None, 5), "activePeople": measured(2, 4, 1)}
    assert of_hours(found).table.sums == [("Total", ["–", "15", "–"]), ("Average", ["4", "7.50", "2.33"])]
    assert of_hours(found, open_step=2).table.sums[1] == ("Average, without the one in progress", ["4", "10", "3"])
    changes = of_hours({"totalUsers": measured(3, -1)}, SeriesMode.CHANGE).table.sums
    assert changes == [("Total", ["+2"]), ("Average", ["+1"])]
    assert of_hours({"totalUsers": measured(None)}).table.sums == []


@pytest.mark.parametrize("points", [measured(None), rebuilt(4)])
def test_only_what_was_measured_leads_to_a_snapshot(points: list[Point]) -> None:
    table = of_hours({"totalUsers": [*points, *measured(5)]}).table
    assert table.row(0).snapshot == ""
    assert table.row(1).snapshot == "since=2026-03-02T01:00:00.000Z&until=2026-03-02T02:00:00.000Z"
