"""The time range that the history covers."""

from datetime import datetime

from django.db.models import Subquery

from ..models import EventCoverage, Snapshot
from .steps import quarter_of


def known_since() -> datetime | None:
    """Return the earliest time for which the history has data; None if it is empty."""
    first = Snapshot.objects.order_by("created_at").values_list("created_at", flat=True)
    candidates = EventCoverage.objects.values_list("since", Subquery(first[:1])).first() or first[:1]
    return min((moment for moment in candidates if moment is not None), default=None)


def event_coverage(now: datetime, using: str) -> EventCoverage:
    """Return the time range whose events are counted; the first call creates it, starting at the current quarter of an hour."""
    start = quarter_of(now)
    defaults = {"since": start, "measured_since": start, "until": start}
    return EventCoverage.objects.using(using).get_or_create(pk=1, defaults=defaults)[0]
