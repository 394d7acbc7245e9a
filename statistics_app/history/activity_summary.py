"""What to know of activity at a glance: how many people there are compared with before, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..exceptions import ParameterError
from ..models import Person, ReportedPeople, SeenDay
from ..texts import gettext_noop as _
from .active_points import known_since, why_authors_are_unknown
from .activity import Activity, cohorts, people_before
from .activity_steps import WINDOWS
from .heat_map import HeatMap, heat_map
from .points import HistoryRange
from .small_cells import shown
from .steps import Step, bounds, quarter_of

MONTH = timedelta(days=WINDOWS[-1])
MOST_COHORTS = 12


@dataclass(frozen=True, slots=True)
class RecentPeople:
    """The people who were active in the last days up to a moment, and in as many days before: None if not known, or hidden.

    It is counted from a later `since` if these days are not all known.
    """

    since: datetime
    until: datetime
    number: int | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Months, and how many of the people who wrote first in one of them wrote in it and in each later one; None if hidden."""

    months: list[datetime]
    people: list[list[int | None]]


def recent_people(kind: Activity, history_range: HistoryRange) -> RecentPeople | None:
    """Return the people of the last days of a time range that are counted; None if none of it is."""
    counted, coverage = _counted(history_range), history_range.coverage
    if counted is None or coverage is None or (known := known_since(kind, coverage)) is None or known >= counted[1]:
        return None
    until = counted[1]
    since, before = until - MONTH, until - 2 * MONTH
    # Of a complete history, it is known that nobody wrote before.
    if coverage.is_complete and kind is Activity.WROTE:
        known = min(known, before)
    starts = [max(since, known), before]
    number, earlier = people_before(kind, [until, since], starts, history_range.using)
    return RecentPeople(starts[0], until, shown(number), shown(earlier) if known <= before else None)


def cohorts_of(history_range: HistoryRange, most: int | None = None) -> Cohorts | None:
    """Return the cohorts of the last months of a time range, of all by default; None if nothing of it is counted."""
    if (counted := _counted(history_range)) is None:
        return None
    edges = bounds(*counted, Step.MONTH, history_range.zone)[-most - 1 if most else 0 :]
    return Cohorts(edges[:-1], [[shown(people) for people in row] for row in cohorts(edges, history_range.using)])


def hours_of(history_range: HistoryRange) -> HeatMap | None:
    """Return the messages of a time range by hour of the week; None if nothing of it is counted."""
    if (counted := _counted(history_range)) is None:
        return None
    return heat_map(*counted, history_range.zone, history_range.using)


def _counted(history_range: HistoryRange) -> tuple[datetime, datetime] | None:
    """Return the start and the end, at quarters of an hour, of what is counted of a time range."""
    coverage = history_range.coverage
    if coverage is None:
        return None
    since, until = max(history_range.since, coverage.since), min(history_range.until, coverage.until)
    return (quarter_of(since), quarter_of(until)) if quarter_of(since) < quarter_of(until) else None


def why_unknown() -> str:
    """Return why nothing is known of people; empty if something is."""
    if reason := why_authors_are_unknown():
        return reason
    return "" if Person.objects.exists() else _("No message with an author has been counted yet.")


def require_known(kind: Activity) -> None:
    """See that it is known who was active in one way. Errors: ParameterError."""
    if kind is Activity.PRESENT and not is_presence_known():
        raise ParameterError(_("'activity' cannot be 'present': it is not known who was there without writing."))


def is_presence_known() -> bool:
    """Return whether it is known of anybody when they were there, or an imported server reported how many were."""
    return SeenDay.objects.exists() or ReportedPeople.objects.exists()
