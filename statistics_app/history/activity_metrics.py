"""The metrics of activity: people by step and in rolling windows, who came and who went, and messages for each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from ..catalogue.statistic import Aggregate, Group, Unit
from ..texts import gettext_noop as _
from .active_points import ACTIVE_BOTS, ACTIVE_PEOPLE, why_authors_are_unknown
from .activity import Activity
from .activity_steps import WINDOWS, ActivitySteps
from .metric import Metric, MetricKind, Reader
from .metrics import BY_KEY
from .points import HistoryRange, Point

# The label and the definition of the number of people in a step, and in the days of each window.
_IN_STEPS = {
    Activity.PRESENT: (_("People who were there"), _("People who were there, each counted once.")),
}
_IN_WINDOWS = {
    Activity.WROTE: (
        (_("People who wrote in 1 day"), _("People who wrote in the 1 days up to a day.")),
        (_("People who wrote in 7 days"), _("People who wrote in the 7 days up to a day.")),
        (_("People who wrote in 28 days"), _("People who wrote in the 28 days up to a day.")),
    ),
    Activity.PRESENT: (
        (_("People who were there in 1 day"), _("People who were there in the 1 days up to a day.")),
        (_("People who were there in 7 days"), _("People who were there in the 7 days up to a day.")),
        (_("People who were there in 28 days"), _("People who were there in the 28 days up to a day.")),
    ),
}
# For each metric, by its key, the method that returns its points.
_POINTS: Mapping[str, Callable[[ActivitySteps], list[Point]]] = {
    "people": ActivitySteps.people,
    **{f"peopleIn{days}": partial(ActivitySteps.in_window, length=days) for days in WINDOWS},
    "stickiness": ActivitySteps.stickiness,
    **{f"people-{name}": partial(ActivitySteps.moved, name=name) for name in ("new", "stayed", "back", "gone")},
    "perPerson": ActivitySteps.per_person,
}


@dataclass(frozen=True, slots=True)
class ActivityMetrics:
    """The metrics of people who were active in one way; bots and apps are no people.

    Who came and who went is by messages, whatever the way.
    """

    people: Metric
    machines: Metric
    windows: tuple[Metric, ...]
    stickiness: Metric
    came: tuple[Metric, ...]
    gone: Metric
    per_person: Metric

    @property
    def all(self) -> tuple[Metric, ...]:
        """All metrics."""
        return (self.people, self.machines, *self.windows, self.stickiness, *self.came, self.gone, self.per_person)


@cache
def activity_metrics(kind: Activity) -> ActivityMetrics:
    """Return the metrics of people who were active in one way."""
    return ActivityMetrics(
        people=_people(kind, "people", *_IN_STEPS[kind]) if kind in _IN_STEPS else BY_KEY[ACTIVE_PEOPLE],
        machines=BY_KEY[ACTIVE_BOTS],
        windows=tuple(
            _average(kind, f"peopleIn{days}", *texts) for days, texts in zip(WINDOWS, _IN_WINDOWS[kind], strict=True)
        ),
        stickiness=_average(
            kind, "stickiness", _("Stickiness"), _("People of a day as a share of those of 28 days."), Unit.PERCENT
        ),
        came=(
            _people(Activity.WROTE, "people-new", _("New"), _("People who wrote their first message.")),
            _people(Activity.WROTE, "people-stayed", _("Stayed"), _("People who had written at most 28 days before.")),
            _people(Activity.WROTE, "people-back", _("Came back"), _("People who had not written for 28 days.")),
        ),
        gone=_people(Activity.WROTE, "people-gone", _("Gone"), _("People who have not written for 28 days.")),
        per_person=_people(
            kind,
            "perPerson",
            _("Messages per person"),
            _("Messages sent, also those of bots and apps, divided by the number of people who were active."),
            Unit.MESSAGES,
        ),
    )


def _people(kind: Activity, key: str, label: str, definition: str, unit: Unit = Unit.PEOPLE) -> Metric:
    return Metric(key, label, definition, unit, Group.USERS, MetricKind.PEOPLE, _reader(kind))


def _average(kind: Activity, key: str, label: str, definition: str, unit: Unit = Unit.PEOPLE) -> Metric:
    return Metric(key, label, definition, unit, Group.USERS, MetricKind.GAUGE, _reader(kind), aggregate=Aggregate.AVERAGE)


@cache
def _reader(kind: Activity) -> Reader:
    """Return the one reader of an activity: the metrics of a reader are read together."""
    return partial(_read, kind)


def _read(
    kind: Activity, metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> dict[Metric, list[Point]]:
    """Return the points of metrics in steps of whole days; unknown ones if the source does not tell who wrote."""
    coverage = history_range.coverage
    if coverage is None or why_authors_are_unknown():
        return {metric: [Point()] * (len(bounds) - 1) for metric in metrics}
    steps = ActivitySteps(kind, bounds, history_range, coverage)
    return {metric: _POINTS[metric.key](steps) for metric in metrics}
