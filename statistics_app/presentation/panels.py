"""One chart: the lines of metrics of one unit, with what is written and shaded beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from ..catalogue.statistics import Unit
from ..history.metric import Metric
from ..history.points import Certainty, HistoryRange, Point
from ..history.series import SeriesMode
from ..history.steps import Step
from ..serialization import plain_number, to_json
from .number_format import format_change, format_number
from .scales import Scale
from .svg_paths import Paths
from .tick_labels import tick_labels
from .time_axis import format_time

_MOST_GAPS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One metric on a chart: its number among the colours, its path, its last value, and where its name stands (0 to 1)."""

    number: int
    metric: Metric
    points: Sequence[Point]
    paths: Paths
    last: str
    label_at: float

    @property
    def label_percent(self) -> float:
        """The same in percent."""
        return 100 * self.label_at


@dataclass(frozen=True, slots=True)
class StepSpan:
    """A part of a chart's time, by its first and last step."""

    first: int
    last: int


@dataclass(frozen=True)
class Panel:
    """One chart."""

    title: str
    unit: Unit
    lines: Sequence[Line]
    scale: Scale
    across: Sequence[float]
    asked: HistoryRange
    mode: SeriesMode

    @property
    def value_ticks(self) -> list[tuple[float, str]]:
        """The horizontal lines: how far down in percent, and what is written there."""
        down = [100 * (1 - self.scale.place(tick)) for tick in self.scale.ticks]
        return list(zip(down, tick_labels(self.scale, self.unit), strict=True))

    @property
    def values(self) -> str:
        """The values of all lines, as scripts read them."""
        return to_json([[plain_number(point.value) for point in line.points] for line in self.lines])

    @property
    def rebuilt_until(self) -> str:
        """For each line the last step that was rebuilt, -1 where none was, as scripts read it."""
        return to_json([_last_rebuilt(line) for line in self.lines])

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known in the whole time."""
        return all(point.value is None for line in self.lines for point in line.points)

    @cached_property
    def known(self) -> list[int]:
        """The steps of which something is known."""
        return [i for i in range(len(self.across)) if any(line.points[i].value is not None for line in self.lines)]

    @property
    def gaps(self) -> list[StepSpan]:
        """The steps of which nothing is known, between others of which something is."""
        return [StepSpan(before, after) for before, after in pairwise(self.known) if after - before > 1]

    @property
    def before(self) -> list[StepSpan]:
        """The steps before the first of which something is known, if there are any."""
        return [StepSpan(0, first) for first in self.known[:1] if first]

    @property
    def rebuilt(self) -> list[StepSpan]:
        """The steps of which something was rebuilt and not measured."""
        certainly = [any(line.points[i].certainty is Certainty.REBUILT for line in self.lines) for i in range(len(self.across))]
        runs = [(is_rebuilt, [i for i, _ in run]) for is_rebuilt, run in groupby(enumerate(certainly), key=lambda one: one[1])]
        return [StepSpan(run[0], run[-1]) for is_rebuilt, run in runs if is_rebuilt]

    @property
    def bands(self) -> Iterator[tuple[str, float, float]]:
        """What is shaded: why, from where in percent, and how broad."""
        for stretch in self.rebuilt:
            # A line is dashed up to the next step.
            yield "rebuilt", *self._place(stretch.first, min(stretch.last + 1, len(self.across) - 1))
        for stretch in (*self.before, *self.gaps):
            yield "gap", *self._place(stretch.first, stretch.last)

    @property
    def gaps_told(self) -> list[str]:
        """Say when nothing is known; of many gaps the longest."""
        longest = sorted(self.gaps, key=lambda gap: gap.first - gap.last)[:_MOST_GAPS_TOLD]
        told = [self._told(gap) for gap in sorted(longest, key=lambda gap: gap.first)]
        more = [f"and {len(self.gaps) - len(told)} more"] if len(self.gaps) > len(told) else []
        before = [f"before {format_time(self.asked.bounds[first.last], self.asked.zone)}" for first in self.before]
        return [*before, *told, *more]

    def text(self, value: float | None) -> str:
        """Write one of the values."""
        return format_value(value, self.unit, self.mode)

    def _told(self, gap: StepSpan) -> str:
        """Name the first step and, of days and more, the last; of shorter ones the moment when something was known again."""
        last = gap.last if self.asked.step in {Step.QUARTER, Step.HOUR} else gap.last - 1
        ends = (format_time(self.asked.bounds[i], self.asked.zone) for i in (gap.first + 1, last))
        return " to ".join(dict.fromkeys(ends))

    def _place(self, first: int, last: int) -> tuple[float, float]:
        return 100 * self.across[first], 100 * (self.across[last] - self.across[first])


def format_value(value: float | None, unit: Unit, mode: SeriesMode) -> str:
    """Write a value, or a change with its sign."""
    return (format_change if mode is SeriesMode.CHANGE else format_number)(value, unit)


def _last_rebuilt(line: Line) -> int:
    return max((i for i, point in enumerate(line.points) if point.certainty is Certainty.REBUILT), default=-1)
