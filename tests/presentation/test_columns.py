"""Charts in columns: stacked bars, what is shaded and hatched, and texts to point at."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from statistics_app.history.activity import Activity
from statistics_app.history.activity_metrics import activity_metrics
from statistics_app.history.points import HistoryRange
from statistics_app.history.steps import Step
from statistics_app.models import EventCoverage
from statistics_app.presentation.columns import ColumnPanel, Drawing, column_chart
from statistics_app.presentation.scales import Scale
from statistics_app.presentation.svg_paths import bars

from .points import MONDAY, measured, rebuilt

METRICS = activity_metrics(Activity.WROTE)


def panel(until: timedelta = timedelta(days=4), **drawing: object) -> ColumnPanel:
    """Return a chart of four days, the first unknown, the second rebuilt; covered until so long after they began."""
    history_range = HistoryRange(MONDAY, MONDAY + timedelta(days=4), Step.DAY, ZoneInfo("UTC"))
    coverage = EventCoverage(since=MONDAY, measured_since=MONDAY, until=MONDAY + until)
    object.__setattr__(history_range, "coverage", coverage)
    new, stayed, _ = METRICS.came
    series = {
        new: [*measured(None), *rebuilt(1), *measured(2, 0)],
        stayed: [*measured(None), *rebuilt(3), *measured(1, 4)],
        METRICS.gone: [*measured(None), *rebuilt(0), *measured(5, 0)],
    }
    fields = {"name": "x", "title": "X", "metrics": [new, stayed], "below": [METRICS.gone], **drawing}
    (found,) = column_chart(Drawing(**fields), series, history_range).panels  # type: ignore[arg-type]
    assert isinstance(found, ColumnPanel)
    return found


def test_bars_are_stacked_and_those_below_hang_down() -> None:
    scale = Scale(-10, 10, (-10, 0, 10))
    assert bars([0, 0], [5, 0], scale) == "M40 500V250h420V500Z"
    assert bars([5, 0], [10, -10], scale) == "M40 250V0h420V250ZM540 500V1000h420V500Z"
    found = panel()
    assert (found.scale.ticks[0], found.scale.ticks[-1]) == (-6, 6)
    heights = [([0] * 4, [0, 1, 2, 0]), ([0, 1, 2, 0], [0, 4, 3, 4]), ([0] * 4, [0, 0, -5, 0])]
    assert [line.paths.line for line in found.lines] == [bars(*ends, found.scale) for ends in heights]


def test_unknown_columns_and_rebuilt_ones_are_shaded() -> None:
    assert list(panel().bands) == [("gap", 0, 25), ("rebuilt", 25, 25)]
    assert panel().gap_texts == ["before 3 Mar 2026"]


def test_only_a_column_that_is_not_over_is_hatched() -> None:
    open_column = panel(timedelta(days=3, hours=5)).open_column
    assert open_column is not None
    assert (open_column.left, open_column.width) == (75, 25)
    assert panel().open_column is None


def test_each_column_says_what_is_in_it() -> None:
    texts = [column.text for column in panel(labels={"people-new": "First"}).columns]
    assert texts[0] == "2 Mar 2026: First –, Stayed –, Gone –"
    assert texts[2] == "4 Mar 2026: First 2, Stayed 1, Gone 5"


@pytest.mark.parametrize("number", [200, 201])
def test_many_bars_have_no_gaps(number: int) -> None:
    path = bars([0] * number, [1] * number, Scale(0, 1, (0, 1)))
    assert path.startswith("M0.4 1000" if number == 200 else "M0 1000")
