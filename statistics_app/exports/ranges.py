"""Which snapshots are exported."""

from collections.abc import Iterator
from datetime import datetime

from ..models import Snapshot


def in_range(since: datetime | None = None, until: datetime | None = None) -> Iterator[Snapshot]:
    """Yield the snapshots of a range, the oldest first; both ends belong to it, and None is no end."""
    rows = Snapshot.objects.all()
    if since is not None:
        rows = rows.since(since)
    if until is not None:
        rows = rows.up_to(until)
    return rows.streamed()
