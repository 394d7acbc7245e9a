"""The page of activity: what to know at a glance, and charts of people, messages and hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from ..conf import setting
from ..history.activity import Activity
from ..history.activity_metrics import activity_metrics
from ..history.activity_summary import MOST_COHORTS, cohorts_of, hours_of, recent_people, why_unknown
from ..history.message_shares import MESSAGE_SHARES
from ..history.people import PeopleOfRange, why_names_are_unknown
from ..history.points import HistoryRange
from ..history.rooms import rooms_of
from ..history.series import SeriesMode, series
from .activity_answers import Answer, answer_of_rooms, answers_of_hours, answers_of_people
from .activity_charts import SENT_BY_KIND, drawings_of_messages, drawings_of_people
from .charts import Charts
from .cohorts import CohortRow, cohort_rows
from .columns import column_chart
from .hours import WeekOfHours
from .rooms import PeopleTables, RoomTables, people_tables, room_tables
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
    rooms: RoomTables | None
    single_people: PeopleTables | None

    @property
    def description(self) -> str:
        """The time range, the step and the time zone, as text."""
        return self.messages[0].description

    @property
    def is_partly_rebuilt(self) -> bool:
        """Whether any value was rebuilt instead of measured."""
        return any(chart.is_partly_rebuilt for chart in (*self.people, *self.messages))

    @property
    def is_partly_reported(self) -> bool:
        """Whether any number of people was reported by an imported server."""
        return any(chart.is_partly_reported for chart in self.people)

    @property
    def notes(self) -> Iterator[str]:
        """What is to be known of the first and the last step."""
        coverage, zone = self.history_range.coverage, self.history_range.zone
        if coverage is None:
            return
        if self.history_range.bounds[0] <= coverage.since and not self.why_unknown:
            since = format_time(coverage.since, zone)
            begins = gettext("What is known begins on %(time)s.")
            if self.history_range.bounds[-1] > coverage.since:
                begins = gettext("What is known begins on %(time)s: in the first steps, nearly everybody is new.")
            yield begins % {"time": since}
        if hidden := setting("HIDE_PEOPLE_BELOW"):
            yield gettext("Numbers of fewer than %(number)d people are not shown.") % {"number": hidden}
        if self.history_range.bounds[-1] > coverage.until:
            values = {"step": self.messages[0].step, "until": format_time(coverage.until, zone)}
            yield gettext("The last %(step)s is still in progress, and hatched: it is counted up to %(until)s.") % values


def activity_page(
    kind: Activity, history_range: HistoryRange, now: datetime, *, with_names: bool, with_people: bool
) -> ActivityPage:
    """Return what the page shows of a time range; `with_names` of all rooms, and `with_people` by name."""
    reason, metrics, hour_map = why_unknown(), activity_metrics(kind), hours_of(history_range)
    of_people = () if reason else metrics.all
    read = series([*of_people, *SENT_BY_KIND, *MESSAGE_SHARES], history_range, SeriesMode.VALUE)
    step, hours = history_range.step, WeekOfHours(hour_map, history_range.zone) if hour_map else None
    drawings = () if reason else drawings_of_people(metrics, read, step)
    cohorts = None if reason else cohorts_of(history_range, MOST_COHORTS)
    recent = None if reason else recent_people(kind, history_range)
    rooms = rooms_of(history_range.since, history_range.until, history_range.zone)
    growing = rooms and rooms.fastest_growing(with_names=with_names)
    people = None if reason or why_names_are_unknown() or not with_people else PeopleOfRange.of(history_range)
    return ActivityPage(
        history_range,
        reason,
        [
            *(answers_of_people(kind, recent, now, history_range.zone) if recent else ()),
            *(answers_of_hours(hours) if hours else ()),
            *([answer_of_rooms(growing)] if growing else ()),
        ],
        [column_chart(drawing, read, history_range) for drawing in drawings],
        [column_chart(drawing, read, history_range) for drawing in drawings_of_messages(metrics, read, step)],
        cohort_rows(cohorts, history_range.zone) if cohorts else (),
        hours,
        room_tables(rooms, history_range.zone, with_names=with_names) if rooms else None,
        people_tables(people, history_range.zone) if people else None,
    )
