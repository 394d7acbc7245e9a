"""The charts of a page: one for each unit and kind of metric, all over the same time range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from ..catalogue.statistic import Unit
from ..history.metric import Metric, MetricKind
from ..history.points import Certainty, HistoryRange, Point
from ..history.series import SeriesMode
from ..history.steps import Step
from ..serialization import to_json
from .earlier import ComparedRow, EarlierSeries, compared_rows
from .panels import Line, Panel, format_value
from .scales import Scale, value_scale
from .svg_paths import paths, positions, range_path
from .tick_labels import magnitude
from .time_axis import TimeTick, format_step, format_time, time_ticks

# A longer table takes long to load, and nobody reads it at once.
ROWS_PER_PAGE = 1_000
# The time of a step, and for each line its value and where that is from if it was not measured.
Row = tuple[str, list[tuple[str, str]]]
# The colours of more lines could not be distinguished.
_MAX_LINES = 6
# The share of the height that stays free above and below, so that a line at the edge is not cut off.
_PADDING = 0.02
# The minimum distance of two labels, as a share of the height.
_LABEL_HEIGHT = 0.075
# Where a value is from that was not measured.
_SOURCES: Mapping[Certainty | None, str] = {Certainty.REBUILT: "rebuilt", Certainty.REPORTED: "reported by the server"}
# The units whose values are not whole numbers.
_FRACTIONS = {Unit.LOAD}


@dataclass(frozen=True)
class Charts:
    """All charts of a page, over one time range; `x_positions` are those of the steps, from 0 to 1."""

    panels: Sequence[Panel]
    history_range: HistoryRange
    ticks: Sequence[TimeTick]
    x_positions: Sequence[float]
    earlier: EarlierSeries | None = None
    compared: Sequence[ComparedRow] = ()

    @property
    def time_ticks(self) -> list[tuple[float, str]]:
        """The ticks of the time axis: horizontal position in percent, and label."""
        return [(100 * self.x_positions[tick.step], tick.text) for tick in self.ticks]

    @property
    def seconds(self) -> str:
        """The start of each step in seconds since 1970, as JSON for scripts."""
        return to_json([int(start.timestamp()) for start in self.history_range.starts])

    def table(self, page: str) -> "Page[Row]":
        """Return a page of the table, latest step first; the first or the last page if there is no such page."""
        shown: Page[Any] = Paginator(range(len(self.history_range.starts) - 1, -1, -1), ROWS_PER_PAGE).get_page(page)
        shown.object_list = [self.row(i) for i in shown.object_list]
        return shown

    @property
    def rows(self) -> list[Row]:
        """The first page of the table."""
        return list(self.table("1"))

    def row(self, i: int) -> Row:
        """Return the row of a step: the time, and for each line the value and where it is from if it was not measured."""
        lines = [(panel, line) for panel in self.panels for line in panel.lines]
        return (
            format_step(self.history_range.starts[i], self.history_range.zone),
            [(panel.cell(line, i), _SOURCES.get(line.points[i].certainty, "")) for panel, line in lines],
        )

    @property
    def step(self) -> str:
        """The length of a step, as text."""
        return "15 minutes" if self.history_range.step is Step.QUARTER_HOUR else str(self.history_range.step)

    @property
    def description(self) -> str:
        """The time range, the step and the time zone, as text."""
        step = self.step if self.history_range.step is Step.QUARTER_HOUR else f"the {self.step}"
        since, until = (format_time(at, self.history_range.zone) for at in (self.history_range.since, self.history_range.until))
        return f"{since} to {until}, by {step}, {self.history_range.zone}"

    @property
    def has_ranges(self) -> bool:
        """Whether any line has a band from its least to its greatest values."""
        return any(panel.has_ranges for panel in self.panels)

    @property
    def is_open(self) -> bool:
        """Whether the last step has not ended yet, so that its values may still change."""
        return self.history_range.bounds[-1] > self.history_range.until

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
) -> Charts:
    """Return the charts of some series; metrics of one unit and kind share a chart, up to the maximum number of lines.

    Beside each line is that of the `earlier` time range, if there is one.
    """
    x_positions = positions([start.timestamp() for start in history_range.starts])
    groups: dict[tuple[Unit, MetricKind], list[Metric]] = {}
    for metric in series:
        groups.setdefault((metric.unit, metric.kind), []).append(metric)
    panels = [
        _panel(_lines(metrics[first : first + _MAX_LINES], series, earlier), x_positions, history_range, mode)
        for metrics in groups.values()
        for first in range(0, len(metrics), _MAX_LINES)
    ]
    compared = compared_rows(series, earlier, history_range, mode) if earlier else ()
    ticks = time_ticks(history_range.starts, history_range.step, history_range.zone)
    return Charts(panels, history_range, ticks, x_positions, earlier, compared)


def _lines(
    metrics: Sequence[Metric], series: Mapping[Metric, Sequence[Point]], earlier: EarlierSeries | None
) -> list[tuple[int, Metric, str, Sequence[Point]]]:
    """Return the lines of a chart: the number of the colour, the metric, the name of the earlier time if any, the points."""
    lines: list[tuple[int, Metric, str, Sequence[Point]]] = []
    for number, metric in enumerate(metrics, start=1):
        lines.append((number, metric, "", series[metric]))
        if earlier:
            lines.append((number, metric, earlier.name, earlier.series[metric]))
    return lines


def _panel(
    drawn: Sequence[tuple[int, Metric, str, Sequence[Point]]],
    x_positions: Sequence[float],
    history_range: HistoryRange,
    mode: SeriesMode,
) -> Panel:
    unit, kind = next((metric.unit, metric.kind) for _, metric, *_ in drawn)
    shown = [value for *_, points in drawn for point in points for value in (point.value, point.least, point.greatest)]
    values = [value for value in shown if value is not None]
    from_zero = kind is not MetricKind.GAUGE or mode is SeriesMode.CHANGE
    tick_unit = magnitude(max((abs(value) for value in values), default=0), unit)
    scale = value_scale(values, whole=unit not in _FRACTIONS, from_zero=from_zero, unit=tick_unit).padded(_PADDING)
    last_values = [last_value(points) for *_, points in drawn]
    labels = iter(_label_positions([value for value, (*_, name, _) in zip(last_values, drawn, strict=True) if not name], scale))
    lines = [
        Line(
            number,
            metric,
            points,
            paths(points, x_positions, scale),
            "" if name else range_path(points, x_positions, scale),
            _note(metric, history_range.step),
            format_value(value, unit, mode),
            # The lines of the earlier time have no label beside the chart.
            0.0 if name else next(labels),
            name,
        )
        for (number, metric, name, points), value in zip(drawn, last_values, strict=True)
    ]
    return Panel(_title(unit, kind, mode), unit, lines, scale, x_positions, history_range, mode)


def _title(unit: Unit, kind: MetricKind, mode: SeriesMode) -> str:
    title = "Active people" if kind is MetricKind.PEOPLE else unit.capitalize()
    if kind is MetricKind.EVENT:
        title = {Unit.MESSAGES: "Messages sent", Unit.BYTES: "Bytes of new files"}.get(unit, f"New {unit}")
    return f"{title}, change" if mode is SeriesMode.CHANGE else title


def _note(metric: Metric, step: Step) -> str:
    """Return what a line shows of the snapshots in a step; empty if it shows one snapshot, or none."""
    return "" if metric.kind is not MetricKind.GAUGE or step is Step.QUARTER_HOUR else f"{metric.aggregate} of each {step}"


def last_value(points: Sequence[Point]) -> float | None:
    """Return the last value that is known."""
    return next((point.value for point in reversed(points) if point.value is not None), None)


def _label_positions(values: Sequence[float | None], scale: Scale) -> list[float]:
    """Return the vertical position of each line's label, from 0 at the top: at the line's end, or as near as others allow."""
    wanted = [1 - scale.position(value) if value is not None else 1.0 for value in values]
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    positions_by_line = dict.fromkeys(order, 0.0)
    limit = _LABEL_HEIGHT / 2
    for i in order:
        positions_by_line[i] = max(wanted[i], limit)
        limit = positions_by_line[i] + _LABEL_HEIGHT
    # Labels that were pushed below the chart are moved up again.
    limit = 1 - _LABEL_HEIGHT / 2
    for i in reversed(order):
        positions_by_line[i] = min(positions_by_line[i], limit)
        limit = positions_by_line[i] - _LABEL_HEIGHT
    return [positions_by_line[i] for i in range(len(wanted))]
