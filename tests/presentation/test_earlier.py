"""The comparison with an earlier time: a pale line beside each line, and the numbers of what is over and known in both."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from statistics_app.catalogue.statistic import Unit
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import Certainty, HistoryRange, Point
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.presentation.charts import Charts, charts
from statistics_app.presentation.earlier import EarlierSeries

from .points import MONDAY, measured

SENT = BY_KEY["sentMessages"]


def of_days(found: dict[str, list[Point]], earlier: dict[str, list[Point]], mode: SeriesMode = SeriesMode.VALUE) -> Charts:
    """Return charts by day, the last of which is half over, compared with those of the week before."""
    days = timedelta(days=len(next(iter(found.values()))))
    shown = HistoryRange(MONDAY, MONDAY + days - timedelta(hours=12), Step.DAY, ZoneInfo("UTC"), "default")
    before = HistoryRange(shown.since - days, shown.since, Step.DAY, shown.zone, "default")
    series = {BY_KEY[key]: points for key, points in earlier.items()}
    compared = EarlierSeries("previous period", before, series)
    return charts({BY_KEY[key]: points for key, points in found.items()}, shown, mode, compared)


def test_each_line_has_a_pale_one_of_the_same_colour_and_scale() -> None:
    shown = of_days({"totalUsers": measured(3, 4, 5)}, {"totalUsers": measured(1, 2, 9)})
    [panel] = shown.panels
    assert [(line.label, line.css_class, line.last) for line in panel.lines] == [
        ("Users", "s1", "5"),
        ("Users, previous period", "s1 earlier", "9"),
    ]
    assert panel.scale.high >= 9
    assert shown.table.row(0).cells == [("3", ""), ("1", "")]


def test_bars_of_the_earlier_time_stand_to_the_left() -> None:
    shown = of_days({"sentMessages": measured(3, 4)}, {"sentMessages": measured(4, 8)})
    [panel] = shown.panels
    assert [line.paths.line.partition(" ")[0] for line in panel.lines] == ["M250", "M40"]


def test_what_happened_is_added_up_where_both_are_over_and_known() -> None:
    shown = of_days({"sentMessages": measured(10, None, 30, 5)}, {"sentMessages": measured(5, 7, 15, 80)})
    [row] = shown.compared
    assert (row.metric, row.shown, row.earlier, row.difference, row.percent) == (SENT, "40", "20", "+20", "+100.0 %")


def test_values_are_those_of_the_last_step_that_is_over_and_known_in_both() -> None:
    shown = of_days({"totalUsers": measured(8, 9, 10, 99)}, {"totalUsers": measured(10, 12, None, 7)})
    [row] = shown.compared
    assert (row.shown, row.earlier, row.difference, row.percent) == ("9", "12", "−3", "−25.0 %")


def test_changes_are_added_up_and_nothing_has_no_percentage() -> None:
    shown = of_days({"totalUsers": measured(1, 2, 9)}, {"totalUsers": measured(1, -1, 9)}, SeriesMode.CHANGE)
    [row] = shown.compared
    assert (row.shown, row.earlier, row.difference, row.percent) == ("+3", "±0", "+3", "–")
    [unknown] = of_days({"totalUsers": measured(1, 2)}, {"totalUsers": measured(None, 2)}).compared
    assert {unknown.shown, unknown.earlier, unknown.difference, unknown.percent} == {"–"}


def test_the_legend_says_what_a_gauge_shows_of_a_step_and_its_band_spans_the_extremes() -> None:
    points = [Point(2.5, Certainty.MEASURED, 1.0, 6.0), Point(3.0, Certainty.MEASURED, 3.0, 4.0)]
    shown = of_days({"onlineUsers": points, "sentMessages": measured(1, 2)}, {"onlineUsers": points, "sentMessages": points})
    online, sent = shown.panels
    assert (online.unit, online.lines[0].note, sent.lines[0].note) == (Unit.USERS, "average of each day", "")
    assert online.lines[0].range_path.startswith("M250 ")
    assert [online.lines[1].range_path, sent.lines[0].range_path] == ["", ""]
    assert (online.scale.low, online.scale.high) == (min(online.scale.low, 1), max(online.scale.high, 6))
    assert (shown.has_ranges, online.ranges) == (True, "[[[1,6],[3,4]],null]")
    assert shown.table.row(0).cells[0] == ("2.50 (1 to 6)", "")
    assert shown.table.row(0).cells[2] == ("1", "")
