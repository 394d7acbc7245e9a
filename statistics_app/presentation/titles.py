"""The titles of charts, which stand alone: what they show, not in which unit."""

from ..catalogue.statistic import Unit
from ..history.metric import MetricKind
from ..history.series import SeriesMode
from ..history.steps import Step
from .stacks import Layout

_OF_UNITS = {Unit.BYTES: "Sizes", Unit.LOAD: "Load"}


def title(layout: Layout, mode: SeriesMode, step: Step) -> str:
    """Return the title of a chart: the name of its metric, or what its metrics have in common."""
    name = _stack(layout) if layout.is_stacked else _common(layout)
    return f"{name}, change per {'15 minutes' if step is Step.QUARTER_HOUR else step}" if mode is SeriesMode.CHANGE else name


def _stack(layout: Layout) -> str:
    """Return the name of parts of a whole."""
    first = layout.metrics[0]
    if first.kind is MetricKind.PEOPLE:
        return "Active people, bots and apps"
    if first.kind is MetricKind.EVENT:
        return f"Messages {'removed' if first.counts_removals else 'sent'} by kind of room"
    return "Rooms by kind" if first.unit is Unit.ROOMS else "Messages by kind of room"


def _common(layout: Layout) -> str:
    """Return the name of the only metric, or that of all metrics of the unit and kind."""
    if len(layout.metrics) == 1:
        return layout.metrics[0].label
    unit, kind = layout.metrics[0].unit, layout.metrics[0].kind
    if kind is MetricKind.PEOPLE:
        return "Active people"
    if kind is MetricKind.EVENT:
        return "Messages sent and removed" if any(metric.counts_removals for metric in layout.metrics) else "Messages sent"
    return _OF_UNITS.get(unit, unit.capitalize())
