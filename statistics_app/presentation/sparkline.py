"""Sparklines: small lines beside a number, with the change of that number over the period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..conf import setting
from ..history.metrics import BY_KEY
from ..history.points import HistoryRange, Point
from ..history.series import SeriesMode, series
from ..history.steps import chosen_step
from .scales import Scale
from .svg_paths import Paths, paths, positions

# The maximum number of points of a sparkline.
_MAX_POINTS = 200


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line, its last value, and the change from its first known value.

    `since` is the end of the step with the first known value. It and `change` are None if fewer than two values are known.
    With fewer than three, the line is not `worth_drawing`.
    """

    paths: Paths
    last: float | None
    change: float | None
    since: datetime | None
    worth_drawing: bool


def sparklines(
    keys: Sequence[str], since: datetime, until: datetime, zone: ZoneInfo, last_values: Mapping[str, float | None] | None = None
) -> dict[str, Sparkline]:
    """Return a sparkline for each metric, by key, in steps that are no shorter than the interval between snapshots.

    `last_values` replaces the last points, for a range that ends within a step whose later values must not count.
    """
    step = chosen_step(since, until, _MAX_POINTS, timedelta(seconds=setting("INTERVAL")))
    history_range = HistoryRange(since, until, step, zone)
    points_by_metric = series([BY_KEY[key] for key in keys], history_range, SeriesMode.VALUE)
    if last_values is not None:
        points_by_metric = {
            metric: [*points[:-1], Point.measured(last_values[metric.key])] for metric, points in points_by_metric.items()
        }
    return {metric.key: sparkline(points, history_range.bounds) for metric, points in points_by_metric.items()}


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
