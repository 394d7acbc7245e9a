"""Which metrics share a chart, whether it has bars or lines, and which bars are stacked because their numbers add up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..catalogue.statistic import Unit
from ..history.active_points import ACTIVE_BOTS, ACTIVE_PEOPLE
from ..history.metric import Metric, MetricKind
from ..history.metrics import MESSAGES, ROOMS
from ..history.points import Point
from ..history.series import SeriesMode
from ..sources.event_kinds import removal_of

# The colours of more lines could not be distinguished.
MAX_LINES = 6
# More bars side by side would be narrower than a reader can see.
_MAX_BARS = 400
# What different people do within a step is counted in it; the other metrics of people look back over days.
_COUNTED_PEOPLE = frozenset({ACTIVE_PEOPLE, ACTIVE_BOTS})
# What adds up to a whole: different parts of one of these can be stacked.
_WHOLES = (frozenset(MESSAGES), frozenset(map(removal_of, MESSAGES)), frozenset(ROOMS), _COUNTED_PEOPLE)


@dataclass(frozen=True, slots=True)
class Layout:
    """The metrics of one chart, and how they are drawn: as lines, as bars side by side, or as stacked bars."""

    metrics: Sequence[Metric]
    are_bars: bool = False
    is_stacked: bool = False


def layouts(metrics: Sequence[Metric], mode: SeriesMode, steps: int) -> Iterator[Layout]:
    """Yield the charts of some metrics over a number of steps.

    Those of one unit and kind share a chart, up to the maximum number of lines. What is counted in a step has bars: parts of a
    whole are stacked; the others stand side by side, or have a chart each if they would be too many.
    """
    groups: dict[tuple[Unit, MetricKind, bool], list[Metric]] = {}
    for metric in metrics:
        groups.setdefault((metric.unit, metric.kind, _is_count(metric, mode)), []).append(metric)
    for (*_, are_bars), members in groups.items():
        yield from _bars(members, steps) if are_bars else map(Layout, _chunks(members, MAX_LINES))


def bar_ends(slots: Sequence[int], series: Sequence[Sequence[Point]]) -> list[tuple[list[float], list[float]]]:
    """Return where the bars of each series begin and end; those in one slot are stacked, upwards or, if negative, downwards."""
    ends = []
    stacked: dict[tuple[int, int, bool], float] = {}
    for slot, points in zip(slots, series, strict=True):
        bottoms, tops = [], []
        for i, point in enumerate(points):
            value = point.value or 0.0
            place = (slot, i, value < 0)
            bottoms.append(stacked.get(place, 0.0))
            stacked[place] = bottoms[-1] + value
            tops.append(stacked[place])
        ends.append((bottoms, tops))
    return ends


def _is_count(metric: Metric, mode: SeriesMode) -> bool:
    return mode is SeriesMode.CHANGE or metric.kind is MetricKind.EVENT or metric.key in _COUNTED_PEOPLE


def _bars(metrics: Sequence[Metric], steps: int) -> Iterator[Layout]:
    stacks: list[list[Metric]] = []
    for metric in metrics:
        stack = next((stack for stack in stacks if _adds_up(metric, stack)), None)
        if stack:
            stack.append(metric)
        else:
            stacks.append([metric])
    single = [stack[0] for stack in stacks if len(stack) == 1]
    for together in _chunks(single, MAX_LINES if len(single) * steps <= _MAX_BARS else 1):
        yield Layout(together, are_bars=True)
    for stack in stacks:
        if len(stack) > 1:
            yield Layout(stack, are_bars=True, is_stacked=True)


def _adds_up(metric: Metric, stack: Sequence[Metric]) -> bool:
    """Return whether a metric and those of a stack are different parts of one whole."""
    parts = _parts(metric)
    whole = next((whole for whole in _WHOLES if parts <= whole), frozenset())
    return len(stack) < MAX_LINES and all(_parts(other) <= whole - parts for other in stack)


def _parts(metric: Metric) -> frozenset[str]:
    return frozenset(metric.events or (metric.key,))


def _chunks(metrics: Sequence[Metric], size: int) -> list[Sequence[Metric]]:
    return [metrics[first : first + size] for first in range(0, len(metrics), size)]
