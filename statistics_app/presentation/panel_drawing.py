"""The drawing of one chart of the history: lines with their bands, or bars, all on one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from ..catalogue.statistic import Aggregate, Unit
from ..history.annotations import Annotated
from ..history.metric import Metric, MetricKind
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode
from ..history.steps import Step
from ..texts import gettext_noop as _
from .earlier import EarlierSeries
from .panels import Line, Panel, format_value
from .scales import Scale, value_scale
from .stacks import Layout, bar_ends
from .step_names import step_name
from .svg_paths import Paths, bars, centres, paths, range_path
from .tick_labels import magnitude
from .titles import title

# The share of the height that stays free above and below, so that a line at the edge is not cut off.
_PADDING = 0.02
# The scale of values that hardly differ spans this share of them: one user more must not look like a doubling.
_LEAST_SPAN = 0.02
# The units whose values are not whole numbers.
_FRACTIONS = {Unit.LOAD}
# What a line shows of the snapshots in a step.
_NOTES = {
    Aggregate.LAST: _("last of each %(step)s"),
    Aggregate.AVERAGE: _("average of each %(step)s"),
    Aggregate.PEAK: _("peak of each %(step)s"),
}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a line or the bars of one colour show; `earlier` is the name of the earlier time that they are of, if any."""

    number: int
    metric: Metric
    points: Sequence[Point]
    earlier: str = ""


def panel(
    layout: Layout,
    series: Mapping[Metric, Sequence[Point]],
    history_range: HistoryRange,
    mode: SeriesMode,
    *,
    earlier: EarlierSeries | None,
    open_step: int | None,
    annotations: Sequence[Annotated],
) -> Panel:
    """Return the chart of a layout; `open_step` is the number of the step that is still in progress, if any."""
    drawn = _drawn(layout.metrics, series, earlier)
    unit, kind = next((metric.unit, metric.kind) for metric in layout.metrics)
    scale, drawing = _drawn_bars(layout, drawn, unit) if layout.are_bars else _drawn_lines(drawn, unit, kind)
    x_positions = centres(len(history_range.starts))
    lines = [
        Line(
            one.number,
            one.metric,
            one.points,
            path,
            "" if one.earlier or layout.are_bars else range_path(one.points, x_positions, scale),
            "" if layout.are_bars else _note(one.metric, history_range.step),
            _last_text(format_value(last_value(one.points), unit, mode), is_open=_is_open(one, open_step, layout)),
            one.earlier,
            is_alone=len(layout.metrics) == 1,
        )
        for one, path in zip(drawn, drawing, strict=True)
    ]
    name = title(layout, mode, history_range.step)
    return Panel(name, unit, lines, scale, x_positions, history_range, mode, layout.are_bars, open_step, annotations)


def last_value(points: Sequence[Point]) -> float | None:
    """Return the last value that is known."""
    return next((point.value for point in reversed(points) if point.value is not None), None)


def _drawn(metrics: Sequence[Metric], series: Mapping[Metric, Sequence[Point]], earlier: EarlierSeries | None) -> list[_Drawn]:
    drawn = []
    for number, metric in enumerate(metrics, start=1):
        drawn.append(_Drawn(number, metric, series[metric]))
        if earlier:
            drawn.append(_Drawn(number, metric, earlier.series[metric], earlier.name))
    return drawn


def _drawn_lines(drawn: Sequence[_Drawn], unit: Unit, kind: MetricKind) -> tuple[Scale, list[Paths]]:
    shown = [value for one in drawn for point in one.points for value in (point.value, point.least, point.greatest)]
    values = [value for value in shown if value is not None]
    scale = _scale(values, unit, from_zero=kind is not MetricKind.GAUGE)
    return scale, [paths(one.points, centres(len(one.points)), scale) for one in drawn]


def _drawn_bars(layout: Layout, drawn: Sequence[_Drawn], unit: Unit) -> tuple[Scale, list[Paths]]:
    slots = _slots(drawn, is_stacked=layout.is_stacked)
    ends = bar_ends(slots, [one.points for one in drawn])
    scale = _scale([top for _, tops in ends for top in tops], unit, from_zero=True)
    return scale, [Paths(bars(*end, scale, slot, max(slots) + 1)) for end, slot in zip(ends, slots, strict=True)]


def _slots(drawn: Sequence[_Drawn], *, is_stacked: bool) -> list[int]:
    """Return where in a step the bars are: one slot for a whole stack, and those of the earlier time to the left."""
    width = 2 if any(one.earlier for one in drawn) else 1
    return [(0 if is_stacked else (one.number - 1) * width) + (0 if one.earlier else width - 1) for one in drawn]


def _scale(values: Sequence[float], unit: Unit, *, from_zero: bool) -> Scale:
    tick_unit = magnitude(max((abs(value) for value in values), default=0), unit)
    whole = unit not in _FRACTIONS
    return value_scale(values, whole=whole, from_zero=from_zero, unit=tick_unit, least_span=_LEAST_SPAN).padded(_PADDING)


def _is_open(one: _Drawn, open_step: int | None, layout: Layout) -> bool:
    """Return whether the last known value is a count of the step in progress, which may still change."""
    return layout.are_bars and not one.earlier and open_step is not None and one.points[open_step].value is not None


def _note(metric: Metric, step: Step) -> str:
    """Return what a line shows of the snapshots in a step; empty if it shows one snapshot, or none."""
    if metric.kind is not MetricKind.GAUGE or step is Step.QUARTER_HOUR:
        return ""
    return gettext(_NOTES[metric.aggregate]) % {"step": step_name(step)}


def _last_text(text: str, *, is_open: bool) -> str:
    return gettext("%(number)s so far") % {"number": text} if is_open else text
