"""The charts of a page: one for each unit and kind of metric, all over the same time range."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from ..history.annotations import Annotated
from ..history.metric import Metric
from ..history.points import Certainty, HistoryRange, Point
from ..history.series import SeriesMode
from ..history.steps import Step
from ..serialization import to_json
from ..texts import gettext_noop as _
from .earlier import ComparedRow, EarlierSeries, compared_rows
from .panel_drawing import panel
from .panels import Panel
from .series_table import SeriesTable
from .stacks import layouts
from .step_names import step_name
from .svg_paths import centres
from .time_axis import TimeTick, format_time, time_ticks

_DESCRIPTIONS = {
    Step.QUARTER_HOUR: _("%(since)s to %(until)s, every 15 minutes, %(zone)s"),
    Step.HOUR: _("%(since)s to %(until)s, hourly, %(zone)s"),
    Step.DAY: _("%(since)s to %(until)s, daily, %(zone)s"),
    Step.WEEK: _("%(since)s to %(until)s, weekly, %(zone)s"),
    Step.MONTH: _("%(since)s to %(until)s, monthly, %(zone)s"),
    Step.QUARTER: _("%(since)s to %(until)s, quarterly, %(zone)s"),
    Step.YEAR: _("%(since)s to %(until)s, yearly, %(zone)s"),
}
_IN_PROGRESS = {
    Step.QUARTER_HOUR: _("The last 15 minutes are still in progress."),
    Step.HOUR: _("This hour is still in progress."),
    Step.DAY: _("Today is still in progress."),
    Step.WEEK: _("This week is still in progress."),
    Step.MONTH: _("This month is still in progress."),
    Step.QUARTER: _("This quarter is still in progress."),
    Step.YEAR: _("This year is still in progress."),
}


@dataclass(frozen=True)
class Charts:
    """All charts of a page, over one time range; `x_positions` are the middles of the steps, from 0 to 1.

    `open_step` is the number of the step that is still in progress, if any.
    """

    panels: Sequence[Panel]
    history_range: HistoryRange
    ticks: Sequence[TimeTick]
    x_positions: Sequence[float]
    open_step: int | None = None
    earlier: EarlierSeries | None = None
    compared: Sequence[ComparedRow] = ()
    annotations: Sequence[Annotated] = ()

    @property
    def time_ticks(self) -> list[tuple[float, str]]:
        """The ticks of the time axis: horizontal position in percent, and label."""
        return [(100 * self.x_positions[tick.step], tick.text) for tick in self.ticks]

    @property
    def seconds(self) -> str:
        """The start of each step in seconds since 1970, as JSON for scripts."""
        return to_json([int(start.timestamp()) for start in self.history_range.starts])

    @property
    def table(self) -> SeriesTable:
        """The table of all steps."""
        return SeriesTable(self.panels, self.history_range, self.open_step)

    @property
    def step(self) -> str:
        """The length of a step, as text."""
        return step_name(self.history_range.step)

    @property
    def description(self) -> str:
        """The time range, the step and the time zone, as text."""
        since, until = (format_time(at, self.history_range.zone) for at in (self.history_range.since, self.history_range.until))
        values = {"since": since, "until": until, "zone": self.history_range.zone}
        return gettext(_DESCRIPTIONS[self.history_range.step]) % values

    @property
    def has_ranges(self) -> bool:
        """Whether any line has a band from its least to its greatest values."""
        return any(panel.has_ranges for panel in self.panels)

    @property
    def is_open(self) -> bool:
        """Whether a step is still in progress, so that its values may still change."""
        return self.open_step is not None

    @property
    def open_text(self) -> str:
        """Which step is still in progress, as a sentence."""
        return gettext(_IN_PROGRESS[self.history_range.step])

    @property
    def has_open_bars(self) -> bool:
        """Whether any chart has bars of the step in progress."""
        return any(panel.open_column for panel in self.panels)

    @property
    def end(self) -> int:
        """The end of the last step in seconds since 1970, for scripts."""
        return int(self.history_range.bounds[-1].timestamp())

    @property
    def is_partly_rebuilt(self) -> bool:
        """Whether any value was rebuilt instead of measured."""
        return self._has(Certainty.REBUILT)

    @property
    def is_partly_reported(self) -> bool:
        """Whether any value was reported by an imported server instead of measured."""
        return self._has(Certainty.REPORTED)

    def _has(self, certainty: Certainty) -> bool:
        return any(point.certainty is certainty for panel in self.panels for line in panel.lines for point in line.points)


def charts(
    series: Mapping[Metric, Sequence[Point]],
    history_range: HistoryRange,
    mode: SeriesMode,
    earlier: EarlierSeries | None = None,
    now: datetime | None = None,
    *,
    annotations: Sequence[Annotated] = (),
) -> Charts:
    """Return the charts of some series; metrics of one unit and kind share a chart, up to the maximum number of lines.

    Beside each line is that of the `earlier` time range, if there is one. The step that contains `now` is still in progress.
    Where something annotated begins or ends, the charts of its metric have a mark.
    """
    x_positions = centres(len(history_range.starts))
    open_step = _step_of(now, history_range)
    panels = [
        panel(layout, series, history_range, mode, earlier=earlier, open_step=open_step, annotations=annotations)
        for layout in layouts(list(series), mode, len(x_positions))
    ]
    compared = compared_rows(series, earlier, history_range, mode) if earlier else ()
    ticks = time_ticks(history_range.starts, history_range.step, history_range.zone)
    return Charts(panels, history_range, ticks, x_positions, open_step, earlier, compared, annotations)


def _step_of(now: datetime | None, history_range: HistoryRange) -> int | None:
    """Return the number of the step that contains a time, if any."""
    if now is None or not history_range.bounds[0] <= now < history_range.bounds[-1]:
        return None
    return bisect_right(history_range.bounds, now) - 1
