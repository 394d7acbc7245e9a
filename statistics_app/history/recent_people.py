"""How many people were active in the days up to the last midnight (UTC): stored once a day, so that monitors only read it."""

from datetime import datetime, timedelta

from django.utils import timezone

from ..db.sql import conflict_target
from ..models import EventCoverage, RecentPeople
from ..models.active_query import PER_DAY
from .active_points import known_since, why_authors_are_unknown
from .activity import Activity, people_before
from .activity_steps import WINDOWS
from .small_cells import is_hidden
from .steps import quarter_at, quarter_number


def note_recent_people(coverage: EventCoverage, now: datetime, using: str) -> None:
    """Count and store the people of the last days, unless that was done for this day and this past."""
    coverage.refresh_from_db(using=using, fields=["past"])
    today = quarter_number(now) // PER_DAY
    stored = RecentPeople.objects.using(using)
    current = set(stored.filter(until=today, past=coverage.past).values_list("activity", "days"))
    until = quarter_at(today * PER_DAY)
    for activity in Activity:
        since = known_since(activity, coverage)
        days = [number for number in WINDOWS if since and since <= until - timedelta(days=number)]
        if not days or why_authors_are_unknown() or {(activity, number) for number in days} <= current:
            continue
        starts = [until - timedelta(days=number) for number in days]
        numbers = people_before(activity, [until] * len(days), starts, using)
        stored.bulk_create(
            [
                RecentPeople(activity=activity, days=number, until=today, number=people, past=coverage.past)
                for number, people in zip(days, numbers, strict=True)
            ],
            update_conflicts=True,
            unique_fields=conflict_target(using, ["activity", "days"]),
            update_fields=["until", "number", "past"],
        )


def recent_numbers() -> list[tuple[str, int, int]]:
    """Return (activity, days, number of people) of the days up to the last midnight, as far as that is known."""
    today = quarter_number(timezone.now()) // PER_DAY
    # Until the first roll-up of a day, those of the day before are the newest.
    rows = RecentPeople.objects.filter(until__gte=today - 1).order_by("activity", "days")
    return [(row.activity, row.days, row.number) for row in rows if not is_hidden(row.number)]
