"""The metrics of activity: people by step and in rolling windows, who came and who went, and messages for each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from ..catalogue.statistic import Aggregate, Group, Unit
from .active_points import ACTIVE_BOTS, ACTIVE_PEOPLE, why_authors_are_unknown
from .activity import GONE_AFTER, Activity
from .activity_steps import WINDOWS, ActivitySteps
from .metric import Metric, MetricKind, Reader
from .metrics import BY_KEY
from .points import HistoryRange, Point

VERBS = {Activity.WROTE: "wrote", Activity.PRESENT: "were there"}
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
    who = f"People who {VERBS[kind]}"
    return ActivityMetrics(
        people=BY_KEY[ACTIVE_PEOPLE] if kind is Activity.WROTE else _people(kind, "people", who, f"{who}, each counted once."),
        machines=BY_KEY[ACTIVE_BOTS],
        windows=tuple(
            _average(kind, f"peopleIn{days}", f"{who} in {days} day{'s'[: days - 1]}", f"{who} in the {days} days up to a day.")
            for days in WINDOWS
        ),
        stickiness=_average(
            kind, "stickiness", "Stickiness", f"People of a day as a share of those of {WINDOWS[-1]} days.", Unit.PERCENT
        ),
        came=(
            _people(Activity.WROTE, "people-new", "New", "People who wrote their first message."),
            _people(Activity.WROTE, "people-stayed", "Stayed", f"People who had written at most {GONE_AFTER} days before."),
            _people(Activity.WROTE, "people-back", "Came back", f"People who had not written for {GONE_AFTER} days."),
        ),
        gone=_people(Activity.WROTE, "people-gone", "Gone", f"People who have not written for {GONE_AFTER} days."),
        per_person=_people(
            kind,
            "perPerson",
            "Messages per person",
            "Messages sent, also those of bots and apps, divided by the number of people who were active.",
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
