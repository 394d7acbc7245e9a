"""One chart: shaded bands and descriptions of gaps and rebuilt values, and the positions of ticks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from statistics_app.history.annotations import Annotated
from statistics_app.history.metrics import BY_KEY
from statistics_app.history.points import Certainty, HistoryRange, Point
from statistics_app.history.series import SeriesMode
from statistics_app.history.steps import Step
from statistics_app.models import Annotation
from statistics_app.presentation.charts import charts
from statistics_app.presentation.panels import Mark, Panel, StepSpan
from tests.history.conftest import at

from .points import MONDAY, any_points, measured, rebuilt
from .thorough import thorough


def panel(*lines: list[Point], mode: SeriesMode = SeriesMode.VALUE, annotations: Sequence[Annotated] = ()) -> Panel:
    """Return the chart of up to three metrics of users, in hours from Monday onwards."""
    keys = ("totalUsers", "activeUsers", "onlineUsers")
    history_range = HistoryRange(MONDAY, MONDAY + timedelta(hours=len(lines[0])), Step.HOUR, ZoneInfo("UTC"), "default")
    series = {BY_KEY[key]: points for key, points in zip(keys, lines, strict=False)}
    return charts(series, history_range, mode, annotations=annotations).panels[0]


@thorough
@given(any_points(least=1))
def test_gaps_are_the_unknown_steps_between_known_ones(points: list[Point]) -> None:
    found = panel(points).gaps
    unknown = {i for gap in found for i in range(gap.first + 1, gap.last)}
    known = [i for i, point in enumerate(points) if point.value is not None]
    assert unknown == {i for i in range(min(known, default=0), max(known, default=0)) if points[i].value is None}
    assert all(points[i].value is not None for gap in found for i in (gap.first, gap.last))


@thorough
@given(any_points(least=1))
def test_the_columns_of_unknown_and_rebuilt_steps_are_shaded(points: list[Point]) -> None:
    number, shaded = len(points), dict[int, str]()
    for kind, left, width in panel(points).bands:
        first, count = left * number / 100, width * number / 100
        assert (first, count) == pytest.approx((round(first), round(count)))
        shaded.update(dict.fromkeys(range(round(first), round(first + count)), kind))
    last = max((i for i, point in enumerate(points) if point.value is not None), default=number)
    assert shaded == {
        i: "gap" if point.value is None else "rebuilt"
        for i, point in enumerate(points)
        if (point.value is None and i < last) or point.certainty is Certainty.REBUILT
    }


def test_a_gap_is_where_no_line_has_a_value() -> None:
    chart = panel(measured(1, None, None, 4, 5), measured(1, None, 3, None, None))
    assert chart.gaps == [StepSpan(0, 2)]
    assert list(chart.bands) == [("gap", 20, 20)]


def test_rebuilt_steps_of_any_line_are_shaded() -> None:
    chart = panel([*rebuilt(1, 2), *measured(3, 4, 5)], [*rebuilt(1), *measured(2, 3, 4, 5)])
    assert list(chart.bands) == [("rebuilt", 0, 40)]


@pytest.mark.parametrize(
    ("zone", "step", "until", "text"),
    [
        ("UTC", Step.HOUR, at(2026, 3, 2, 5), "2 Mar 2026, 01:00 to 2 Mar 2026, 03:00"),
        ("Europe/Berlin", Step.HOUR, at(2026, 3, 2, 5), "2 Mar 2026, 02:00 to 2 Mar 2026, 04:00"),
        ("Asia/Kathmandu", Step.DAY, at(2026, 3, 6, 18, 15), "3 Mar 2026 to 4 Mar 2026"),
    ],
)
def test_a_gap_is_described_in_the_time_zone_from_its_first_step_to_its_end(
    zone: str, step: Step, until: datetime, text: str
) -> None:
    history_range = HistoryRange(MONDAY, until, step, ZoneInfo(zone), "default")
    chart = charts({BY_KEY["totalUsers"]: measured(1, None, None, 4, 5)}, history_range, SeriesMode.VALUE).panels[0]
    assert chart.gap_texts == [text]


def test_of_many_gaps_the_longest_are_listed_in_order() -> None:
    chart = panel(measured(1, None, 1, None, None, 1, None, None, None, 1, None, 1, None, None, 1))
    assert chart.gap_texts == [
        "2 Mar 2026, 03:00 to 2 Mar 2026, 05:00",
        "2 Mar 2026, 06:00 to 2 Mar 2026, 09:00",
        "2 Mar 2026, 12:00 to 2 Mar 2026, 14:00",
        "and 2 more",
    ]


def test_unknown_steps_are_described_before_the_first_known_one_but_not_after_the_last() -> None:
    chart = panel(measured(None, None, 1, 2, None))
    assert chart.gaps == []
    assert chart.gap_texts == ["before 2 Mar 2026, 02:00"]
    assert list(chart.bands) == [("gap", 0, 40)]


def test_a_chart_without_known_values_is_empty() -> None:
    assert panel(measured(None, None), measured(None, None)).is_empty
    assert not panel(measured(None, None), measured(None, 0)).is_empty


def test_the_largest_tick_is_at_the_top_and_the_smallest_at_the_bottom() -> None:
    ticks = panel(measured(0, 4000)).value_ticks
    assert [text for _, text in ticks] == ["0", "1,000", "2,000", "3,000", "4,000"]
    # There is padding above and below.
    assert [round(down, 1) for down, _ in ticks] == [98.1, 74.0, 50.0, 26.0, 1.9]


@thorough
@given(any_points(least=1))
def test_ticks_are_evenly_spaced_within_the_chart(points: list[Point]) -> None:
    for mode in SeriesMode:
        down = [position for position, _ in panel(points, mode=mode).value_ticks]
        assert (round(down[0], 1), round(down[-1], 1)) == (98.1, 1.9)
        assert down == pytest.approx([down[0] - (down[0] - down[-1]) * i / (len(down) - 1) for i in range(len(down))])


def test_a_chart_says_where_its_axis_begins_unless_at_zero() -> None:
    assert panel(measured(900, 950)).axis_begins_at == "900"
    assert panel(measured(0, 950)).axis_begins_at == ""
    assert panel(measured(None)).axis_begins_at == ""


def test_a_chart_of_changes_includes_zero() -> None:
    assert "0" in [text for _, text in panel(measured(900, 950), mode=SeriesMode.CHANGE).value_ticks]
    assert "0" not in [text for _, text in panel(measured(900, 950)).value_ticks]


def test_marks_stand_where_something_annotated_begins_and_ends_on_the_charts_of_its_metric() -> None:
    def annotated(key: str, first: float, last: float) -> Annotated:
        since, until = (MONDAY + timedelta(hours=hours) for hours in (first, last))
        return BY_KEY[key], Annotation(key=key, text="Counted in another way.", since=since, until=until)

    annotations = [
        annotated("totalUsers", -0.1, 1),
        annotated("totalMessages", 1, 2),
        annotated("activeUsers", 2.9, 9),
        annotated("totalUsers", 2, 3.9),
        annotated("totalUsers", -2, 4),
    ]
    chart = panel(measured(1, 2, 3, 4), measured(1, 2, 3, 4), annotations=annotations)
    assert chart.marks == [Mark(50, "1", is_end=True), Mark(50, "3, 4", is_end=False)]
