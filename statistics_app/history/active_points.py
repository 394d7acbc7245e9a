"""Points of the metrics of active people: how many different ones there were in each step, or in the days up to its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from ..exceptions import NotAnswered
from ..models import EventCoverage
from ..sources.loading import chat_source
from .activity import Activity, machines_by_step, people_before, people_by_step, rolling_people
from .metric import Metric
from .points import Certainty, HistoryRange, Point
from .reported_people import last_date, read_reported, reported_point
from .small_cells import shown
from .steps import Step, quarter_of
from .steps import bounds as bounds_of

# The activity and the length in days of the window of each metric of one.
WINDOWS = {
    "activeUsersDaily": (Activity.WROTE, 1),
    "activeUsersWeekly": (Activity.WROTE, 7),
    "activeUsersMonthly": (Activity.WROTE, 28),
    "presentUsersDaily": (Activity.PRESENT, 1),
    "presentUsersWeekly": (Activity.PRESENT, 7),
    "presentUsersMonthly": (Activity.PRESENT, 28),
}
_DAYS_PRESENT = {key: days for key, (activity, days) in WINDOWS.items() if activity is Activity.PRESENT}
ACTIVE_PEOPLE, ACTIVE_BOTS = "activePeople", "activeBots"
# Steps that are so long that each window is counted by itself.
_LONG = frozenset({Step.MONTH, Step.QUARTER, Step.YEAR})


def read_active(
    metrics: Sequence[Metric], bounds: Sequence[datetime], history_range: HistoryRange
) -> dict[Metric, list[Point]]:
    """Return a point for each step of each metric; unknown where neither we nor an imported server know who was active."""
    coverage = history_range.coverage if metrics else None
    if coverage is None or why_authors_are_unknown():
        points = {metric: [Point()] * (len(bounds) - 1) for metric in metrics}
        return _with_reported(points, bounds, None, history_range)
    return _with_reported(_counted(metrics, bounds, coverage, history_range), bounds, coverage, history_range)


def _counted(
    metrics: Sequence[Metric], bounds: Sequence[datetime], coverage: EventCoverage, history_range: HistoryRange
) -> dict[Metric, list[Point]]:
    using = history_range.using
    numbers: dict[str, list[int]] = {}
    keys = {metric.key for metric in metrics}
    if ACTIVE_PEOPLE in keys:
        numbers[ACTIVE_PEOPLE] = people_by_step(Activity.WROTE, bounds, using, coverage.past)
    if ACTIVE_BOTS in keys:
        numbers[ACTIVE_BOTS] = machines_by_step(bounds, using)
    for activity in Activity:
        if windows := {key: days for key, (of, days) in WINDOWS.items() if key in keys and of is activity}:
            numbers |= _windows(activity, windows, bounds, coverage.until, history_range)
    shown_numbers = {key: found if key == ACTIVE_BOTS else [*map(shown, found)] for key, found in numbers.items()}
    return {
        metric: _points(shown_numbers[metric.key], bounds, _known_since(metric.key, coverage), coverage) for metric in metrics
    }


def why_authors_are_unknown() -> str:
    """Return why the source does not tell who wrote the messages; empty if it does."""
    now = timezone.now()
    try:
        chat_source(now).active_accounts(now, now)
    except NotAnswered as problem:
        return problem.text
    return ""


def known_since(activity: Activity, coverage: EventCoverage) -> datetime | None:
    """Return since when it is known who was active; None if it is not known at all."""
    return coverage.since if activity is Activity.WROTE else coverage.seen_since


def _windows(
    activity: Activity, windows: Mapping[str, int], bounds: Sequence[datetime], until: datetime, history_range: HistoryRange
) -> dict[str, list[int]]:
    """Return the people of the days up to the one with which each step ends; of the step in progress, up to the present day."""
    first = bounds[0] - timedelta(days=max(windows.values()) + 1)
    days = bounds_of(first, max(bounds[-1], bounds[0] + timedelta(minutes=15)), Step.DAY, history_range.zone)
    ends = [min(end, quarter_of(until) + timedelta(minutes=15)) for end in bounds[1:]]
    last_days = _last_days(days, ends)
    if history_range.step in _LONG:
        starts = [days[max(i + 1 - number, 0)] for number in windows.values() for i in last_days]
        found = people_before(activity, [days[i + 1] for i in last_days] * len(windows), starts, history_range.using)
        return {key: found[n * len(last_days) : (n + 1) * len(last_days)] for n, key in enumerate(windows)}
    counted = rolling_people(activity, days, [*windows.values()], history_range.using)
    return {key: [counted[number][i] for i in last_days] for key, number in windows.items()}


def _last_days(days: Sequence[datetime], ends: Sequence[datetime]) -> list[int]:
    """Return the number of the last day that begins before each end."""
    found, i = [], 0
    for end in ends:
        while i + 1 < len(days) - 1 and days[i + 1] < end:
            i += 1
        found.append(i)
    return found


def _known_since(key: str, coverage: EventCoverage) -> datetime | None:
    """Return since when a metric is known; that of a window, since the first whole one is covered."""
    activity, days = WINDOWS.get(key, (Activity.WROTE, 1))
    if activity is Activity.WROTE and coverage.is_complete:
        return coverage.since
    since = known_since(activity, coverage)
    return since and since + timedelta(days=days - 1)


def _points(
    numbers: Sequence[int | None], bounds: Sequence[datetime], known_since: datetime | None, coverage: EventCoverage
) -> list[Point]:
    return [
        Point(float(number), Certainty.REBUILT if start < coverage.measured_since else Certainty.MEASURED)
        if _is_known(start, end, known_since, coverage) and number is not None
        else Point()
        for number, (start, end) in zip(numbers, pairwise(bounds), strict=True)
    ]


def _is_known(start: datetime, end: datetime, known_since: datetime | None, coverage: EventCoverage | None) -> bool:
    return bool(known_since and coverage and known_since < end and start < coverage.until)


def _with_reported(
    points: dict[Metric, list[Point]], bounds: Sequence[datetime], coverage: EventCoverage | None, history_range: HistoryRange
) -> dict[Metric, list[Point]]:
    """Add what an imported server reported of the people present in steps of which we know nothing."""
    present = {metric: _DAYS_PRESENT[metric.key] for metric in points if metric.key in _DAYS_PRESENT}
    reported = read_reported(bounds, history_range.zone, history_range.using) if present else {}
    for metric, days in present.items() if reported else ():
        known_since = _known_since(metric.key, coverage) if coverage else None
        points[metric] = [
            point
            if _is_known(start, end, known_since, coverage)
            else reported_point(reported, days, [last_date(end, history_range.zone)])
            for point, (start, end) in zip(points[metric], pairwise(bounds), strict=True)
        ]
    return points
