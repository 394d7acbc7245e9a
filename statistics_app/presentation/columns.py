"""Charts in which each step is a column of its own: stacked bars of what was counted in it, or points of lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext

from ..history.metric import Metric
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode
from .charts import Charts
from .panel_drawing import last_value
from .panels import Column, Line, Panel, format_value
from .scales import Scale, value_scale
from .stacks import bar_ends
from .svg_paths import Paths, bars, centres, paths
from .time_axis import format_step, time_ticks

Series = Mapping[Metric, Sequence[Point]]
# The texts of more columns would be a large part of the page, and none would be wide enough to point at.
_MAX_POINTED_AT = 400
_PADDING = 0.02


@dataclass(frozen=True)
class ColumnPanel(Panel):
    """A chart with a file of its own, named `name`, and with texts to point at; `note` says what it shows."""

    name: str = ""
    note: str = ""

    @property
    def columns(self) -> list[Column]:
        """All columns with their texts; none if there are too many."""
        number = len(self.x_positions)
        return [self.column([i], self._text(i)) for i in range(number)] if number <= _MAX_POINTED_AT else []

    def _text(self, i: int) -> str:
        time = format_step(self.history_range.starts[i], self.history_range.zone, self.history_range.step)
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


def column_chart(drawing: Drawing, series: Series, history_range: HistoryRange) -> Charts:
    """Return one chart in columns, with its table."""
    metrics = [*drawing.metrics, *drawing.below]
    middles = centres(len(history_range.starts))
    unit, mode = metrics[0].unit, SeriesMode.VALUE
    scale, drawn = (_bars if drawing.are_bars else _lines)(drawing, series, middles)
    lines = [
        Line(
            n,
            replace(metric, label=drawing.labels.get(metric.key, gettext(metric.label))),
            series[metric],
            drawn[n - 1],
            "",
            "",
            format_value(last_value(series[metric]), unit, mode),
        )
        for n, metric in enumerate(metrics, start=1)
    ]
    open_step = _open_step(history_range)
    panel = ColumnPanel(
        drawing.title,
        unit,
        lines,
        scale,
        middles,
        history_range,
        mode,
        drawing.are_bars,
        open_step,
        name=drawing.name,
        note=drawing.note,
    )
    ticks = time_ticks(history_range.starts, history_range.step, history_range.zone)
    return Charts([panel], history_range, ticks, middles, open_step)


def _open_step(history_range: HistoryRange) -> int | None:
    """Return the number of the last step if it is not counted to its end."""
    coverage = history_range.coverage
    is_over = coverage is None or history_range.bounds[-1] <= coverage.until
    return None if is_over else len(history_range.starts) - 1


def _lines(drawing: Drawing, series: Series, middles: Sequence[float]) -> tuple[Scale, list[Paths]]:
    values = [point.value for metric in drawing.metrics for point in series[metric] if point.value is not None]
    scale = value_scale(values, whole=True, from_zero=True).padded(_PADDING)
    return scale, [paths(series[metric], middles, scale) for metric in drawing.metrics]


def _bars(drawing: Drawing, series: Series, middles: Sequence[float]) -> tuple[Scale, list[Paths]]:
    below = [[replace(point, value=-(point.value or 0.0)) for point in series[metric]] for metric in drawing.below]
    drawn = [*(series[metric] for metric in drawing.metrics), *below]
    ends = bar_ends([0] * len(drawn), drawn)
    scale = value_scale([top for _, tops in ends for top in tops], whole=True, from_zero=True).padded(_PADDING)
    return scale, [Paths(bars(*end, scale)) for end in ends]
