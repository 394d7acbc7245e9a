"""One chart: the lines of metrics of one unit and kind, with its ticks, shaded bands and descriptions of gaps."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from django.utils.translation import gettext, ngettext

from ..catalogue.statistic import Aggregate, Group, Unit
from ..history.annotations import Annotated
from ..history.metric import Metric
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode
from ..history.steps import WITHIN_A_DAY
from ..serialization import plain_number, to_json
from .number_format import format_change, format_number
from .scales import Scale
from .svg_paths import Paths
from .tick_labels import tick_labels
from .time_axis import format_step

_MAX_LISTED_GAPS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One metric on a chart.

    `number` selects its colour, and `last` is its last known value as text. `range_path` is the band between the least and the
    greatest value of each step, and `note` tells what the line shows of the snapshots in a step. `earlier` is the name of the
    earlier time that it is of, if any. The title of a chart says which metric `is_alone` on it.
    """

    number: int
    metric: Metric
    points: Sequence[Point]
    paths: Paths
    range_path: str
    note: str
    last: str
    earlier: str = ""
    is_alone: bool = False

    @property
    def label(self) -> str:
        """The name of the metric, and of the earlier time if the line is of that."""
        name = gettext(self.metric.label)
        return f"{name}, {self.earlier}" if self.earlier else name

    @property
    def in_legend(self) -> str:
        """The text of the legend: the name unless it is the chart's title, and the earlier time or what is shown of a step."""
        name = "" if self.is_alone else gettext(self.metric.label)
        return ", ".join(filter(None, (name, self.earlier or self.note)))

    @property
    def css_class(self) -> str:
        """The CSS classes that select the colour."""
        return f"s{self.number} earlier" if self.earlier else f"s{self.number}"


@dataclass(frozen=True, slots=True)
class StepSpan:
    """A part of a chart, by the numbers of its first and last step."""

    first: int
    last: int


@dataclass(frozen=True)
class Column:
    """The column of a step, or of steps that follow each other: its left edge and its width in percent, and a text."""

    left: float
    width: float
    text: str = ""


@dataclass(frozen=True)
class Mark:
    """An edge of what is annotated: its place in percent, the numbers of the annotations, and whether they end there."""

    left: float
    text: str
    is_end: bool


@dataclass(frozen=True)
class Panel:
    """One chart, in which each step is a column; `x_positions` are the middles of these, from 0 to 1.

    `are_bars` tells bars from lines. `open_step` is the number of the step that is still in progress, if any. `annotations` are
    those of the whole page, also of other metrics.
    """

    title: str
    unit: Unit
    lines: Sequence[Line]
    scale: Scale
    x_positions: Sequence[float]
    history_range: HistoryRange
    mode: SeriesMode
    are_bars: bool = False
    open_step: int | None = None
    annotations: Sequence[Annotated] = ()

    @property
    def group(self) -> Group:
        """The group of its metrics."""
        return self.lines[0].metric.group

    def cell(self, line: Line, i: int) -> str:
        """Return the value of a line in a step as text, with the extremes if it is not that of the last snapshot."""
        point = line.points[i]
        if line.metric.aggregate is Aggregate.LAST or self.mode is SeriesMode.CHANGE or point.least == point.greatest:
            return self.text(point.value)
        value, least, greatest = map(self.text, (point.value, point.least, point.greatest))
        return gettext("%(value)s (%(least)s to %(greatest)s)") % {"value": value, "least": least, "greatest": greatest}

    @property
    def ranges(self) -> str:
        """The least and the greatest value of each step of each line, null for lines without a band, as JSON for scripts."""
        return to_json(
            [
                [[plain_number(value) for value in (point.least, point.greatest)] for point in line.points]
                if line.range_path
                else None
                for line in self.lines
            ]
        )

    @property
    def has_ranges(self) -> bool:
        """Whether any line has a band."""
        return any(line.range_path for line in self.lines)

    @property
    def value_ticks(self) -> list[tuple[float, str]]:
        """The ticks of the value axis: position from the top in percent, and label."""
        tops = [100 * (1 - self.scale.position(tick)) for tick in self.scale.ticks]
        return list(zip(tops, tick_labels(self.scale, self.unit), strict=True))

    @property
    def axis_begins_at(self) -> str:
        """The value at which the axis begins, as text, if that is not 0; otherwise empty."""
        return self.value_ticks[0][1] if self.scale.is_broken and not self.is_empty else ""

    @property
    def values(self) -> str:
        """The values of all lines, as JSON for scripts."""
        return to_json([[plain_number(point.value) for point in line.points] for line in self.lines])

    @property
    def is_empty(self) -> bool:
        """Whether no value is known in the whole time range."""
        return all(point.value is None for line in self.lines for point in line.points)

    @cached_property
    def known(self) -> list[int]:
        """The steps in which the value of any line is known."""
        return [i for i in range(len(self.x_positions)) if any(line.points[i].value is not None for line in self.lines)]

    @property
    def gaps(self) -> list[StepSpan]:
        """The gaps: each from the last known step before it to the first known step after it."""
        return [StepSpan(before, after) for before, after in pairwise(self.known) if after - before > 1]

    @property
    def before(self) -> list[StepSpan]:
        """The span from the start to the first known step; empty if the first step is known, or none is."""
        return [StepSpan(0, first) for first in self.known[:1] if first]

    @property
    def bands(self) -> Iterator[tuple[str, float, float]]:
        """The shaded bands: CSS class, left edge and width, both in percent."""
        for kind, run in groupby(range(len(self.x_positions)), key=self._kind):
            if kind:
                column = self.column(list(run))
                yield kind, column.left, column.width

    @property
    def open_column(self) -> Column | None:
        """The column of the step in progress, if something of it is known and the chart has bars."""
        is_shown = self.are_bars and self.open_step in self.known
        return self.column([self.open_step]) if is_shown and self.open_step is not None else None

    @property
    def marks(self) -> list[Mark]:
        """Where something annotated begins within the time range, and where it ends if values follow.

        Those at the same place are together.
        """
        own, bounds = {line.metric for line in self.lines}, self.history_range.bounds
        last = (self.known or [0])[-1]
        found: dict[tuple[int, bool], list[str]] = {}
        for number, (metric, annotation) in enumerate(self.annotations, start=1):
            for moment, is_end in ((annotation.since, False), (annotation.until, True)):
                if metric in own and bounds[0] <= moment < bounds[-1]:
                    edge = bisect_right(bounds, moment) - (not is_end)
                    if not is_end or edge <= last:
                        found.setdefault((edge, is_end), []).append(str(number))
        return [
            Mark(100 * edge / len(self.x_positions), ", ".join(numbers), is_end) for (edge, is_end), numbers in found.items()
        ]

    def column(self, steps: Sequence[int], text: str = "") -> Column:
        """Return the column of steps that follow each other."""
        width = 100 / len(self.x_positions)
        return Column(steps[0] * width, len(steps) * width, text)

    @property
    def gap_texts(self) -> list[str]:
        """The periods without data, as texts; if there are many gaps, only the longest."""
        longest = sorted(self.gaps, key=lambda gap: gap.first - gap.last)[:_MAX_LISTED_GAPS]
        listed = [self._gap_text(gap) for gap in sorted(longest, key=lambda gap: gap.first)]
        number = len(self.gaps) - len(listed)
        more = [ngettext("and %(number)d more", "and %(number)d more", number) % {"number": number}] if number else []
        before = [gettext("before %(time)s") % {"time": self._bound(first.last)} for first in self.before]
        return [*before, *listed, *more]

    def text(self, value: float | None) -> str:
        """Format one of the values."""
        return format_value(value, self.unit, self.mode)

    def _gap_text(self, gap: StepSpan) -> str:
        """Format the first step of a gap and its last; with steps shorter than a day, the first step and the end of the gap."""
        last = gap.last if self.history_range.step in WITHIN_A_DAY else gap.last - 1
        first_text, last_text = (self._bound(i) for i in (gap.first + 1, last))
        if first_text == last_text:
            return first_text
        return gettext("%(first)s to %(last)s") % {"first": first_text, "last": last_text}

    def _bound(self, i: int) -> str:
        return format_step(self.history_range.bounds[i], self.history_range.zone, self.history_range.step)

    def _kind(self, i: int) -> str:
        """Return how a step is shaded: where nothing is known, except after what is known, or where not all was measured."""
        points = [line.points[i] for line in self.lines]
        if all(point.value is None for point in points):
            return "gap" if i <= (self.known or [len(self.x_positions)])[-1] else ""
        return "rebuilt" if any(point.is_second_hand for point in points) else ""


def format_value(value: float | None, unit: Unit, mode: SeriesMode) -> str:
    """Format a value, or a change with its sign."""
    return (format_change if mode is SeriesMode.CHANGE else format_number)(value, unit)
