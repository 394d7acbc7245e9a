"""Which server counted when: between the numbers of two servers there is no change that means something."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from ..models import Snapshot, TimeRange
from .points import HistoryRange


def server_changes(history_range: HistoryRange) -> list[datetime]:
    """Return when the numbers of another server begin in a time range, in the order of time."""
    return [at for _, at in _changes(history_range.bounds, history_range.using)]


def steps_between_servers(bounds: Sequence[datetime], using: str) -> set[int]:
    """Return the steps at whose ends the numbers may be those of different servers.

    Of days whose snapshots were removed except for the last, it is not known when the other server began.
    """
    found: set[int] = set()
    for before, at in _changes(bounds, using):
        last, first = (bisect_right(bounds, moment) - 1 for moment in (before, at))
        found.update(range(min(last + 1, first), first + 1))
    return found


def _changes(bounds: Sequence[datetime], using: str) -> Iterator[tuple[datetime, datetime]]:
    """Yield the times of each two successive snapshots that different servers counted."""
    snapshots = Snapshot.objects.using(using).within(TimeRange(bounds[0], bounds[-1]))
    if snapshots.has_one_server():
        return
    for earlier, later in pairwise(snapshots.without_contents().streamed()):
        if later.is_of_other_server(earlier):
            yield earlier.created_at, later.created_at
