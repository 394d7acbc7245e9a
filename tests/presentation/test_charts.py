"""Charts of a page: every metric once, one unit and kind per chart, and a table with the same values."""

import json
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statistics_app.history.metric import Metric, MetricKind
from statistics_app.history.metrics import BY_KEY, GAUGES, METRICS
from statistics_app.history.points import HistoryRange, Point
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.presentation.charts import Charts, charts
from statistics_app.presentation.panels import Panel

from .points import MONDAY, any_points, measured, rebuilt
from .thorough import thorough

BERLIN = ZoneInfo("Europe/Berlin")


def over_hours(number: int) -> HistoryRange:
    return HistoryRange(MONDAY, MONDAY + timedelta(hours=number), Step.HOUR, BERLIN, "default")


def of_hours(found: dict[str, list[Point]], mode: SeriesMode = SeriesMode.VALUE) -> Charts:
    """Return the charts of hourly series, given by the keys of their metrics."""
    number = len(next(iter(found.values())))
    return charts({BY_KEY[key]: points for key, points in found.items()}, over_hours(number), mode)


def heights(panel: Panel) -> list[list[tuple[int, int]]]:
    """Return, for each line of a chart, the values that its bars extend between, read from the drawing."""

    def value(y: str) -> int:
        return round(panel.scale.low + (1 - float(y) / 1000) * (panel.scale.high - panel.scale.low))

    drawn = [re.findall(r"M\S+ ([\d.]+)V([\d.]+)", line.paths.line) for line in panel.lines]
    return [[(value(bottom), value(top)) for bottom, top in bars] for bars in drawn]


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


def test_all_gauges_at_once_make_no_more_charts_than_they_need() -> None:
    laid_out = charts({metric: measured(1, 2) for metric in GAUGES}, over_hours(2), SeriesMode.VALUE)
    units = [metric.unit for metric in GAUGES]
    assert len(laid_out.panels) == sum(-(-units.count(unit) // 6) for unit in set(units))
    assert [line.metric for line in laid_out.panels[0].lines] == list(GAUGES[:6])


@thorough
@given(any_series(), st.sampled_from(SeriesMode))
def test_what_is_counted_in_a_step_has_bars_and_values_have_lines(found: dict[Metric, list[Point]], mode: SeriesMode) -> None:
    for panel in charts(found, over_hours(len(next(iter(found.values())))), mode).panels:
        kind = panel.lines[0].metric.kind
        is_counted = kind is MetricKind.EVENT or panel.lines[0].metric.key in {"activePeople", "activeBots"}
        assert panel.are_bars is (is_counted or mode is SeriesMode.CHANGE)
        assert all("L" not in line.paths.line for line in panel.lines) or not panel.are_bars


def test_parts_of_a_whole_are_stacked_and_their_sum_has_a_chart_of_its_own() -> None:
    found = {"sentMessages": [30], "sentChannelMessages": [20], "sentDirectMessages": [10]}
    total, parts = of_hours({key: measured(*values) for key, values in found.items()}).panels
    assert [[line.metric.key for line in panel.lines] for panel in (total, parts)] == [["sentMessages"], [*found][1:]]
    assert heights(parts) == [[(0, 20)], [(20, 30)]]


def test_changes_are_stacked_upwards_and_downwards() -> None:
    found = {"totalChannels": measured(5, -1), "totalDirect": measured(-2, -3), "totalLivechat": measured(1, 0)}
    [panel] = of_hours(found, SeriesMode.CHANGE).panels
    assert heights(panel) == [[(0, 5), (0, -1)], [(0, -2), (-1, -4)], [(5, 6)]]


def test_what_does_not_add_up_stands_side_by_side_or_in_charts_of_its_own() -> None:
    found = {"totalUsers": measured(2), "onlineUsers": measured(3)}
    [together] = of_hours(found, SeriesMode.CHANGE).panels
    assert [line.paths.line[:4] for line in together.lines] == ["M80 ", "M500"]
    apart = of_hours({key: points * 201 for key, points in found.items()}, SeriesMode.CHANGE).panels
    assert [[line.metric.key for line in panel.lines] for panel in apart] == [["totalUsers"], ["onlineUsers"]]


def test_bars_of_the_step_in_progress_are_hatched_and_said() -> None:
    now = MONDAY + timedelta(hours=2, minutes=10)
    laid_out = charts({BY_KEY["sentMessages"]: measured(4, 5, 1)}, over_hours(3), SeriesMode.VALUE, now=now)
    [panel] = laid_out.panels
    assert panel.open_column is not None
    assert (panel.open_column.left, panel.open_column.width) == pytest.approx((200 / 3, 100 / 3))
    assert (panel.lines[0].last, laid_out.open_text) == ("1 so far", "This hour is still in progress.")
    of_past = charts({BY_KEY["sentMessages"]: measured(4)}, over_hours(1), SeriesMode.VALUE, now=now)
    assert (of_past.panels[0].open_column, of_past.panels[0].lines[0].last, of_past.is_open) == (None, "4", False)
    of_gauge = charts({BY_KEY["totalUsers"]: measured(4, 5, 1)}, over_hours(3), SeriesMode.VALUE, now=now)
    assert (of_gauge.panels[0].open_column, of_gauge.panels[0].lines[0].last, of_gauge.is_open) == (None, "1", True)


def test_the_last_value_is_the_last_known_one() -> None:
    panel = of_hours({"totalUsers": measured(1, 1234, None), "awayUsers": measured(None, None, None)}).panels[0]
    assert [line.last for line in panel.lines] == ["1,234", "–"]


def test_changes_have_their_signs_everywhere() -> None:
    laid_out = of_hours({"totalMessages": measured(5, -3, 0, None)}, SeriesMode.CHANGE)
    assert [row.cells[0][0] for row in laid_out.table.rows] == ["–", "±0", "−3", "+5"]
    assert laid_out.panels[0].lines[0].last == "±0"


@thorough
@given(any_series(), st.sampled_from(SeriesMode))
def test_the_data_for_scripts_has_the_values_of_the_points(found: dict[Metric, list[Point]], mode: SeriesMode) -> None:
    number = len(next(iter(found.values())))
    laid_out = charts(found, over_hours(number), mode)
    assert json.loads(laid_out.seconds) == [MONDAY.timestamp() + 3600 * i for i in range(number)]
    for panel in laid_out.panels:
        assert json.loads(panel.values) == [[point.value for point in found[line.metric]] for line in panel.lines]


def test_time_ticks_are_at_their_steps() -> None:
    laid_out = of_hours({"totalUsers": measured(*range(13))})
    assert [text for _, text in laid_out.time_ticks] == ["03:00", "06:00", "09:00", "12:00"]
    assert [x for x, _ in laid_out.time_ticks] == pytest.approx([100 * (hour + 0.5) / 13 for hour in (2, 5, 8, 11)])


@pytest.mark.parametrize(
    ("keys", "mode", "title"),
    [
        (["totalMessages"], SeriesMode.VALUE, "Messages"),
        (["totalMessages"], SeriesMode.CHANGE, "Messages, change per hour"),
        (["totalMessages", "totalPinned"], SeriesMode.VALUE, "Messages"),
        (["sentMessages"], SeriesMode.VALUE, "Messages sent"),
        (["sentMessages", "removedMessages"], SeriesMode.VALUE, "Messages sent and removed"),
        (["sentChannelMessages", "sentDirectMessages"], SeriesMode.VALUE, "Messages sent by kind of room"),
        (["removedChannelMessages", "removedDirectMessages"], SeriesMode.VALUE, "Messages removed by kind of room"),
        (["totalChannels", "totalDirect"], SeriesMode.CHANGE, "Rooms by kind, change per hour"),
        (["activePeople", "activeBots"], SeriesMode.VALUE, "Active people, bots and apps"),
        (["newUploadBytes"], SeriesMode.VALUE, "Size of new files"),
        (["newUsers"], SeriesMode.VALUE, "New users"),
        (["os.freemem"], SeriesMode.VALUE, "Free memory"),
        (["os.freemem", "uploadsTotalSize"], SeriesMode.VALUE, "Sizes"),
        (["activeUsers"], SeriesMode.VALUE, "Enabled accounts"),
        (["os.loadavg.0", "os.loadavg.1"], SeriesMode.VALUE, "Load"),
    ],
)
def test_the_title_describes_the_chart(keys: list[str], mode: SeriesMode, title: str) -> None:
    [panel] = of_hours({key: measured(1) for key in keys}, mode).panels
    assert panel.title == title


def test_the_legend_of_a_chart_with_one_metric_does_not_repeat_the_title() -> None:
    [alone] = of_hours({"onlineUsers": measured(1)}).panels
    [two] = of_hours({"onlineUsers": measured(1), "awayUsers": measured(1)}).panels
    assert [line.in_legend for line in alone.lines] == ["average of each hour"]
    assert [line.in_legend for line in two.lines] == ["Online, average of each hour", "Away, average of each hour"]


def test_charts_of_different_kinds_have_different_titles() -> None:
    laid_out = charts({metric: measured(1) for metric in METRICS}, over_hours(1), SeriesMode.VALUE)
    titles = {(panel.title, panel.unit, panel.lines[0].metric.kind) for panel in laid_out.panels}
    assert len({title for title, _, _ in titles}) == len(titles)


def test_partly_rebuilt_charts_are_recognized() -> None:
    assert of_hours({"totalUsers": rebuilt(1), "totalRooms": measured(1)}).is_partly_rebuilt
    assert not of_hours({"totalUsers": measured(1), "totalRooms": measured(None)}).is_partly_rebuilt
