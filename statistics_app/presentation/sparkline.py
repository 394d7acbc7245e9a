"""Sparklines: small lines beside a number, with the change of that number over the period."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..catalogue.statistic import Aggregate
from ..conf import setting
from ..history.metric import Metric
from ..history.metrics import BY_KEY
from ..history.moments import State, state_at
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode, series
from ..history.steps import chosen_step
from .scales import Scale
from .svg_paths import Paths, paths, positions

# The maximum number of points of a sparkline.
_MAX_POINTS = 200
# Snapshots are stored with milliseconds; this makes the range include the one at its end.
_INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line, its last value, and the change from its first known value.

    `since` is the time from which the change is counted. It and `change` are None if fewer than two values are known.
    With fewer than three, the line is not `worth_drawing`. There is no change either if another server counted at its start.
    """

    paths: Paths
    last: float | None
    change: float | None
    since: datetime | None
    worth_drawing: bool
    is_of_other_server: bool = False


def sparklines(keys: Sequence[str], latest: State, length: timedelta, zone: ZoneInfo) -> dict[str, Sparkline]:
    """Return a sparkline for each metric, by key, in steps that are no shorter than the interval between snapshots.

    They end with the values of the state `latest`: what was later must not count. Changes are counted from the state exactly
    `length` before it, as a comparison of the same moments does; of a metric that is unknown then, from the first known step.
    There is no change if different servers counted the two states.
    """
    until = latest.created_at + _INSTANT
    step = chosen_step(until - length, until, _MAX_POINTS, timedelta(seconds=setting("INTERVAL")))
    history_range = HistoryRange(until - length, until, step, zone)
    # A line that ends with the value of a snapshot begins with one.
    metrics = [replace(BY_KEY[key], aggregate=Aggregate.LAST) for key in keys]
    points_by_metric = series(metrics, history_range, SeriesMode.VALUE)
    began = state_at(latest.created_at - length)
    lines = {
        metric: sparkline([*points[:-1], _point(latest, metric)], history_range.bounds)
        for metric, points in points_by_metric.items()
    }
    return {metric.key: _counted_from(began, latest, metric, line) for metric, line in lines.items()}


def sparkline(points: Sequence[Point], bounds: Sequence[datetime]) -> Sparkline:
    """Return the sparkline of one metric; `bounds` are the bounds of its steps, one more than there are points."""
    known = [(end, point.value) for end, point in zip(bounds[1:], points, strict=True) if point.value is not None]
    values = [value for _, value in known]
    low, high = (min(values), max(values)) if known else (0.0, 1.0)
    # A constant line is drawn in the middle.
    margin = 0 if low < high else max(1, abs(low))
    scale = Scale(low - margin, high + margin, ())
    line = paths(points, positions([start.timestamp() for start in bounds[:-1]]), scale)
    last = values[-1] if values else None
    if len(known) < 2:
        return Sparkline(line, last, None, None, worth_drawing=False)
    return Sparkline(line, last, values[-1] - values[0], known[0][0], worth_drawing=len(known) > 2)


def _point(state: State, metric: Metric) -> Point:
    value = state.value_of(metric)
    return Point() if value is None else Point(value, state.certainty, value, value)


def _counted_from(began: State, latest: State, metric: Metric, line: Sparkline) -> Sparkline:
    if latest.is_of_other_server(began):
        return replace(line, change=None, since=None, is_of_other_server=True)
    first = began.value_of(metric)
    if first is None or line.last is None:
        return line
    return replace(line, change=line.last - first, since=began.created_at)
