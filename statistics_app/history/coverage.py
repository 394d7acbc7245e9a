"""Since when anything is known."""

from datetime import datetime

from django.db.models import Subquery

from ..models import EventCoverage, Snapshot
from .steps import quarter_of


def known_since() -> datetime | None:
    """Return the first moment of which the history knows something; None where nobody has written any yet."""
    first = Snapshot.objects.order_by("created_at").values_list("created_at", flat=True)
    found = EventCoverage.objects.values_list("since", Subquery(first[:1])).first() or first[:1]
    return min((moment for moment in found if moment is not None), default=None)


def event_coverage(now: datetime, using: str) -> EventCoverage:
    """Say of which time events are counted; the first time it begins now."""
    begin = quarter_of(now)
    defaults = {"since": begin, "measured_since": begin, "until": begin}
    return EventCoverage.objects.using(using).get_or_create(pk=1, defaults=defaults)[0]
