"""Charts in which each step is a column of its own: stacked bars of what was counted in it, or points of lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from ..history.metric import Metric
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode
from .charts import Charts, last_value
from .panels import Line, Panel, format_value
from .scales import Scale, value_scale
from .svg_paths import Paths, bars, paths
from .time_axis import format_step, time_ticks

# The texts of more columns would be a large part of the page, and none would be wide enough to point at.
_MAX_POINTED_AT = 400
_PADDING = 0.02


@dataclass(frozen=True)
class Column:
    """A column that readers can point at: its left edge and its width in percent, and what its step has in it, as text."""

    left: float
    width: float
    text: str


@dataclass(frozen=True)
class ColumnPanel(Panel):
    """A chart in columns. `name` is that of its file; `note` says what it shows. `are_bars` tells bars from lines."""

    name: str = ""
    note: str = ""
    are_bars: bool = True

    @property
    def bands(self) -> Iterator[tuple[str, float, float]]:
        """The shaded bands: CSS class, left edge and width, both in percent; that of what is not over yet is hatched."""
        kinds = [self._kind(i) for i in range(len(self.x_positions))]
        for kind, run in groupby(range(len(kinds)), key=kinds.__getitem__):
            if kind:
                columns = list(run)
                yield kind, columns[0] * self._width, len(columns) * self._width

    @property
    def open_column(self) -> Column | None:
        """The last column, if its step is not over and something of it is known."""
        coverage, last = self.history_range.coverage, len(self.x_positions) - 1
        if coverage is None or self.history_range.bounds[-1] <= coverage.until or last not in self.known:
            return None
        return Column(last * self._width, self._width, "")

    @property
    def columns(self) -> list[Column]:
        """All columns with their texts; none if there are too many."""
        number = len(self.x_positions)
        return [Column(i * self._width, self._width, self._text(i)) for i in range(number)] if number <= _MAX_POINTED_AT else []

    @property
    def _width(self) -> float:
        return 100 / len(self.x_positions)

    def _kind(self, i: int) -> str:
        points = [line.points[i] for line in self.lines]
        if all(point.value is None for point in points):
            return "gap" if i <= (self.known or [len(self.x_positions)])[-1] else ""
        return "rebuilt" if any(point.is_second_hand for point in points) else ""

    def _text(self, i: int) -> str:
        time = format_step(self.history_range.starts[i], self.history_range.zone)
        return f"{time}: {', '.join(f'{line.label} {self.text(line.points[i].value)}' for line in self.lines)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a chart in columns shows.

    `labels` are the names of lines that are shorter than those of their metrics. Bars of `below` hang down from zero.
    """

    name: str
    title: str
    metrics: Sequence[Metric]
    labels: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    are_bars: bool = True
    below: Sequence[Metric] = ()


def column_chart(drawing: Drawing, series: Mapping[Metric, Sequence[Point]], history_range: HistoryRange) -> Charts:
    """Return one chart in columns, with its table."""
    number = len(history_range.starts)
    centres = [(i + 0.5) / number for i in range(number)]
    metrics = [*drawing.metrics, *drawing.below]
    points = {metric: series[metric] for metric in metrics}
    unit, mode = metrics[0].unit, SeriesMode.VALUE
    scale = _scale(drawing, points, number)
    drawn = _bars(drawing, points, scale) if drawing.are_bars else [paths(points[metric], centres, scale) for metric in metrics]
    lines = [
        Line(
            n,
            replace(metric, label=drawing.labels.get(metric.key, metric.label)),
            points[metric],
            drawn[n - 1],
            "",
            "",
            format_value(last_value(points[metric]), unit, mode),
            0.0,
        )
        for n, metric in enumerate(metrics, start=1)
    ]
    panel = ColumnPanel(
        drawing.title, unit, lines, scale, centres, history_range, mode, drawing.name, drawing.note, drawing.are_bars
    )
    return Charts([panel], history_range, time_ticks(history_range.starts, history_range.step, history_range.zone), centres)


def _scale(drawing: Drawing, points: Mapping[Metric, Sequence[Point]], number: int) -> Scale:
    def summed(metrics: Sequence[Metric]) -> list[float]:
        return [sum(points[metric][i].value or 0.0 for metric in metrics) for i in range(number)]

    if drawing.are_bars:
        values = [*summed(drawing.metrics), *(-value for value in summed(drawing.below))]
    else:
        values = [point.value for metric in drawing.metrics for point in points[metric] if point.value is not None]
    return value_scale(values, whole=True, from_zero=True).padded(_PADDING)


def _bars(drawing: Drawing, points: Mapping[Metric, Sequence[Point]], scale: Scale) -> list[Paths]:
    drawn = []
    for metrics, sign in ((drawing.metrics, 1), (drawing.below, -1)):
        heights = [0.0] * len(next(iter(points.values())))
        for metric in metrics:
            tops = [height + sign * (point.value or 0.0) for height, point in zip(heights, points[metric], strict=True)]
            drawn.append(Paths(bars(heights, tops, scale), ""))
            heights = tops
    return drawn
