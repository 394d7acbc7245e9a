"""The page of activity: what to know at a glance, and charts of people, messages and hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..history.activity import Activity
from ..history.activity_metrics import activity_metrics
from ..history.activity_summary import MOST_COHORTS, cohorts_of, hours_of, recent_people, why_unknown
from ..history.points import HistoryRange
from ..history.series import SeriesMode, series
from .activity_answers import Answer, answers_of_hours, answers_of_people
from .activity_charts import SENT_BY_KIND, drawings_of_messages, drawings_of_people
from .charts import Charts
from .cohorts import CohortRow, cohort_rows
from .columns import column_chart
from .hours import WeekOfHours
from .time_axis import format_time


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """What the page shows of a time range. `why_unknown` is the reason why nothing is known of people, if nothing is."""

    history_range: HistoryRange
    why_unknown: str
    answers: Sequence[Answer]
    people: Sequence[Charts]
    messages: Sequence[Charts]
    cohorts: Sequence[CohortRow]
    hours: WeekOfHours | None

    @property
    def description(self) -> str:
        """The time range, the step and the time zone, as text."""
        return self.messages[0].description

    @property
    def is_partly_rebuilt(self) -> bool:
        """Whether any value was rebuilt instead of measured."""
        return any(chart.is_partly_rebuilt for chart in (*self.people, *self.messages))

    @property
    def notes(self) -> Iterator[str]:
        """What is to be known of the first and the last step."""
        coverage, zone = self.history_range.coverage, self.history_range.zone
        if coverage is None:
            return
        if self.history_range.bounds[0] <= coverage.since and not self.why_unknown:
            yield f"What is known begins on {format_time(coverage.since, zone)}: in the first steps, nearly everybody is new."
        if self.history_range.bounds[-1] > coverage.until:
            until = format_time(coverage.until, zone)
            yield f"The last {self.messages[0].step} is not over, and hatched: it is counted up to {until}."


def activity_page(kind: Activity, history_range: HistoryRange, now: datetime) -> ActivityPage:
    """Return what the page shows of a time range."""
    reason, metrics, hour_map = why_unknown(), activity_metrics(kind), hours_of(history_range)
    of_people = () if reason else metrics.all
    read = series([*of_people, *SENT_BY_KIND], history_range, SeriesMode.VALUE)
    step, hours = history_range.step, WeekOfHours(hour_map, history_range.zone) if hour_map else None
    drawings = () if reason else drawings_of_people(metrics, read, step)
    cohorts = None if reason else cohorts_of(history_range, MOST_COHORTS)
    recent = None if reason else recent_people(kind, history_range)
    return ActivityPage(
        history_range,
        reason,
        [
            *(answers_of_people(kind, recent, now, history_range.zone) if recent else ()),
            *(answers_of_hours(hours) if hours else ()),
        ],
        [column_chart(drawing, read, history_range) for drawing in drawings],
        [column_chart(drawing, read, history_range) for drawing in drawings_of_messages(metrics, read, step)],
        cohort_rows(cohorts, history_range.zone) if cohorts else (),
        hours,
    )
