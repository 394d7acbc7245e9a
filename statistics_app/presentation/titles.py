"""The titles of charts, which stand alone: what they show, not in which unit."""

from django.utils.translation import gettext

from ..catalogue.statistic import Unit
from ..history.metric import MetricKind
from ..history.series import SeriesMode
from ..history.steps import Step
from ..texts import gettext_noop as _
from .stacks import Layout
from .step_names import step_name

_OF_UNITS = {
    Unit.USERS: _("Users"),
    Unit.ROOMS: _("Rooms"),
    Unit.MESSAGES: _("Messages"),
    Unit.FILES: _("Files"),
    Unit.BYTES: _("Sizes"),
    Unit.INSTANCES: _("Instances"),
    Unit.TEAMS: _("Teams"),
    Unit.LOAD: _("Load"),
    Unit.PEOPLE: _("People"),
    Unit.PERCENT: _("Percent"),
}


def title(layout: Layout, mode: SeriesMode, step: Step) -> str:
    """Return the title of a chart: the name of its metric, or what its metrics have in common."""
    name = _stack(layout) if layout.is_stacked else _common(layout)
    if mode is SeriesMode.CHANGE:
        return gettext("%(metric)s, change per %(step)s") % {"metric": name, "step": step_name(step)}
    return name


def _stack(layout: Layout) -> str:
    """Return the name of parts of a whole."""
    first = layout.metrics[0]
    if first.kind is MetricKind.PEOPLE:
        return gettext("Active people, bots and apps")
    if first.kind is MetricKind.EVENT:
        is_removed = first.counts_removals
        return gettext("Messages removed by kind of room") if is_removed else gettext("Messages sent by kind of room")
    return gettext("Rooms by kind") if first.unit is Unit.ROOMS else gettext("Messages by kind of room")


def _common(layout: Layout) -> str:
    """Return the name of the only metric, or that of all metrics of the unit and kind."""
    if len(layout.metrics) == 1:
        return gettext(layout.metrics[0].label)
    unit, kind = layout.metrics[0].unit, layout.metrics[0].kind
    if kind is MetricKind.PEOPLE:
        return gettext("Active people")
    if kind is MetricKind.EVENT:
        has_removals = any(metric.counts_removals for metric in layout.metrics)
        return gettext("Messages sent and removed") if has_removals else gettext("Messages sent")
    return gettext(_OF_UNITS[unit])
