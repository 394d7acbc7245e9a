"""Which server counted when: between the numbers of two servers there is no change that means something."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from ..models import Snapshot, TimeRange
from ..models.snapshot import Counting
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
    if not _may_be_several(using):
        return
    snapshots = Snapshot.objects.using(using).within(TimeRange(bounds[0], bounds[-1]))
    if snapshots.has_one_server():
        return
    for earlier, later in pairwise(snapshots.without_contents().streamed()):
        if later.is_of_other_server(earlier):
            yield earlier.created_at, later.created_at


def _may_be_several(using: str) -> bool:
    """Return whether there may be snapshots of several servers, at any time: a page need not read all of its range for that."""
    servers = {*_servers(using)}
    if "" not in servers:
        return len(servers) > 1
    reported = Snapshot.objects.using(using).filter(server__in=servers, counting=Counting.REPORTED)
    return len(servers) > 2 or reported.exists()


def _servers(using: str) -> Iterator[str]:
    """Yield each server once, from an index of which the rest is skipped."""
    servers = Snapshot.objects.using(using).order_by("server").values_list("server", flat=True)
    found = servers.first()
    while found is not None:
        yield found
        found = servers.filter(server__gt=found).first()
