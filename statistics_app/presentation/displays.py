"""What displays show: few numbers and charts, and never the name of a person or a room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..history.activity import Activity
from ..history.activity_metrics import activity_metrics
from ..history.activity_summary import hours_of, recent_people, why_unknown
from ..history.metrics import SENT_BY_KIND
from ..history.points import HistoryRange
from ..history.request import range_within
from ..history.series import SeriesMode, series
from ..history.steps import HOUR, STEPS_OF_DAYS, Step
from .activity_answers import Answer, answers_of_hours, answers_of_people
from .activity_charts import drawing_of_sent, drawings_of_people
from .charts import Charts
from .columns import column_chart
from .hours import WeekOfHours

# More bars could not be distinguished from a distance.
_POINTS = "170"


@dataclass(frozen=True, slots=True)
class ActivityDisplay:
    """The answers and charts of a display of activity; `counted_until` is None if nothing is counted."""

    answers: Sequence[Answer]
    charts: Sequence[Charts]
    counted_until: datetime | None
    is_old: bool


def messages_chart(length: timedelta, now: datetime, zone: ZoneInfo) -> Charts:
    """Return the chart of the messages sent in the time of a length up to now."""
    history_range = _range(length, now, zone, tuple(Step))
    read = series(SENT_BY_KIND, history_range, SeriesMode.VALUE)
    return column_chart(drawing_of_sent(read, history_range.step), read, history_range)


def activity_display(length: timedelta, now: datetime, zone: ZoneInfo) -> ActivityDisplay:
    """Return what a display of activity shows of the time of a length up to now."""
    history_range = _range(length, now, zone, STEPS_OF_DAYS)
    metrics, is_known = activity_metrics(Activity.WROTE), not why_unknown()
    read = series([*(metrics.all if is_known else ()), *SENT_BY_KIND], history_range, SeriesMode.VALUE)
    recent = recent_people(Activity.WROTE, history_range) if is_known else None
    hour_map = hours_of(history_range)
    of_people = [next(drawings_of_people(metrics, read, history_range.step))] if is_known else []
    until = history_range.coverage.until if history_range.coverage else None
    return ActivityDisplay(
        [
            *(answers_of_people(Activity.WROTE, recent, now, zone) if recent else ()),
            *(answers_of_hours(WeekOfHours(hour_map, zone)) if hour_map else ()),
        ],
        [column_chart(drawing, read, history_range) for drawing in (*of_people, drawing_of_sent(read, history_range.step))],
        until,
        until is None or now - until > HOUR,
    )


def _range(length: timedelta, now: datetime, zone: ZoneInfo, steps: Sequence[Step]) -> HistoryRange:
    return range_within(now - length, now, {"tz": zone.key, "points": _POINTS}, steps)
