"""A small line beside a number, and how far the number came on it."""

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

# So many fit into a small line.
_POINTS = 200


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The line, its last value, and its change from the first: since the end of that one's step.

    Change and `since` are None where fewer than two points are known. Fewer than three are no line that tells anything: then
    it is not `worth_drawing`.
    """

    paths: Paths
    last: float | None
    change: float | None
    since: datetime | None
    worth_drawing: bool


def sparklines(
    keys: Sequence[str], since: datetime, until: datetime, zone: ZoneInfo, ends: Mapping[str, float | None] | None = None
) -> dict[str, Sparkline]:
    """Draw metrics over a time, in steps that are no shorter than the time between snapshots.

    `ends` says what the last points are, where what came later in their step is not to count.
    """
    step = chosen_step(since, until, _POINTS, timedelta(seconds=setting("INTERVAL")))
    asked = HistoryRange(since, until, step, zone)
    found = series([BY_KEY[key] for key in keys], asked, SeriesMode.VALUE)
    if ends is not None:
        found = {metric: [*points[:-1], Point.measured(ends[metric.key])] for metric, points in found.items()}
    return {metric.key: sparkline(points, asked.bounds) for metric, points in found.items()}


def sparkline(points: Sequence[Point], bounds: Sequence[datetime]) -> Sparkline:
    """Draw the points of one metric; the bounds are those of their steps, one more than points."""
    known = [(end, point.value) for end, point in zip(bounds[1:], points, strict=True) if point.value is not None]
    values = [value for _, value in known]
    low, high = (min(values), max(values)) if known else (0.0, 1.0)
    # A line that never moves stands in the middle.
    margin = 0 if low < high else max(1, abs(low))
    scale = Scale(low - margin, high + margin, ())
    drawn = paths(points, positions([start.timestamp() for start in bounds[:-1]]), scale)
    last = values[-1] if values else None
    if len(known) < 2:
        return Sparkline(drawn, last, None, None, worth_drawing=False)
    return Sparkline(drawn, last, values[-1] - values[0], known[0][0], worth_drawing=len(known) > 2)
