"""The charts of a page: one for each unit, over the same time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..catalogue.statistics import Unit
from ..history.metric import Metric, MetricKind
from ..history.points import Certainty, HistoryRange, Point
from ..history.series import SeriesMode
from ..history.steps import Step
from ..serialization import to_json
from .panels import Line, Panel, format_value
from .scales import Scale, value_scale
from .svg_paths import paths, positions
from .tick_labels import magnitude
from .time_axis import TimeTick, format_time, time_ticks

# More would not be told apart.
_MOST_LINES = 6
# So much of the height is above and below, so that a line at the edge is drawn whole.
_ROOM = 0.02
_LABEL_HEIGHT = 0.075
_FRACTIONS = {Unit.LOAD}


@dataclass(frozen=True)
class Charts:
    """All charts over one time."""

    panels: Sequence[Panel]
    asked: HistoryRange
    ticks: Sequence[TimeTick]
    across: Sequence[float]

    @property
    def time_ticks(self) -> list[tuple[float, str]]:
        """What is written below: how far to the right in percent, and what."""
        return [(100 * self.across[tick.step], tick.text) for tick in self.ticks]

    @property
    def seconds(self) -> str:
        """The beginning of each step in seconds since 1970, as scripts read them."""
        return to_json([int(start.timestamp()) for start in self.asked.starts])

    @property
    def rows(self) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
        """The table: for each step, the latest first, its time and the values with whether they were rebuilt."""
        lines = [(panel, line) for panel in self.panels for line in panel.lines]
        for i, start in reversed(list(enumerate(self.asked.starts))):
            yield (
                format_time(start, self.asked.zone),
                [(panel.text(line.points[i].value), line.points[i].certainty is Certainty.REBUILT) for panel, line in lines],
            )

    @property
    def told(self) -> str:
        """Say which time is shown, in which steps of which zone."""
        step = "15 minutes" if self.asked.step is Step.QUARTER else f"the {self.asked.step}"
        since, until = (format_time(at, self.asked.zone) for at in (self.asked.since, self.asked.until))
        return f"{since} to {until}, by {step}, {self.asked.zone}"

    @property
    def is_open(self) -> bool:
        """Whether the last step is not over, so that it will hold more."""
        return self.asked.bounds[-1] > self.asked.until

    @property
    def end(self) -> int:
        """The end of the last step in seconds since 1970, as scripts read it."""
        return int(self.asked.bounds[-1].timestamp())

    @property
    def is_partly_rebuilt(self) -> bool:
        """Whether something was rebuilt and not measured."""
        return any(panel.rebuilt for panel in self.panels)


def charts(found: Mapping[Metric, Sequence[Point]], asked: HistoryRange, mode: SeriesMode) -> Charts:
    """Lay out the series of metrics: those of one unit and kind share a chart."""
    across = positions([start.timestamp() for start in asked.starts])
    kinds: dict[tuple[Unit, MetricKind], list[Metric]] = {}
    for metric in found:
        kinds.setdefault((metric.unit, metric.kind), []).append(metric)
    panels = [
        _panel({metric: found[metric] for metric in metrics[first : first + _MOST_LINES]}, across, asked, mode)
        for metrics in kinds.values()
        for first in range(0, len(metrics), _MOST_LINES)
    ]
    return Charts(panels, asked, time_ticks(asked.starts, asked.step, asked.zone), across)


def _panel(found: Mapping[Metric, Sequence[Point]], across: Sequence[float], asked: HistoryRange, mode: SeriesMode) -> Panel:
    unit, kind = next((metric.unit, metric.kind) for metric in found)
    values = [point.value for points in found.values() for point in points if point.value is not None]
    from_zero = kind is MetricKind.EVENT or mode is SeriesMode.CHANGE
    measure = magnitude(max((abs(value) for value in values), default=0), unit)
    scale = value_scale(values, whole=unit not in _FRACTIONS, from_zero=from_zero, unit=measure).with_room(_ROOM)
    last = [_last(points) for points in found.values()]
    lines = [
        Line(number, metric, points, paths(points, across, scale), format_value(value, unit, mode), label_at)
        for number, ((metric, points), value, label_at) in enumerate(
            zip(found.items(), last, _label_places(last, scale), strict=True), start=1
        )
    ]
    return Panel(_title(unit, kind, mode), unit, lines, scale, across, asked, mode)


def _title(unit: Unit, kind: MetricKind, mode: SeriesMode) -> str:
    what = unit.capitalize()
    if kind is MetricKind.EVENT:
        what = {Unit.MESSAGES: "Messages sent", Unit.BYTES: "Bytes of new files"}.get(unit, f"New {unit}")
    return f"{what}, change" if mode is SeriesMode.CHANGE else what


def _last(points: Sequence[Point]) -> float | None:
    return next((point.value for point in reversed(points) if point.value is not None), None)


def _label_places(values: Sequence[float | None], scale: Scale) -> list[float]:
    """Say how far down the name of each line stands: at its end, or as near as the others leave room."""
    wanted = [1 - scale.place(value) if value is not None else 1.0 for value in values]
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    at = dict.fromkeys(order, 0.0)
    room = _LABEL_HEIGHT / 2
    for i in order:
        at[i] = max(wanted[i], room)
        room = at[i] + _LABEL_HEIGHT
    # What was pushed out below goes up again.
    room = 1 - _LABEL_HEIGHT / 2
    for i in reversed(order):
        at[i] = min(at[i], room)
        room = at[i] - _LABEL_HEIGHT
    return [at[i] for i in range(len(wanted))]
