"""Which server counted when: between the numbers of two servers there is no change that means something."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from django.db.models import Exists, Subquery

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
    """Return whether there may be snapshots of several servers, at any time: a page need not read all of its range for that.

    An index answers, in one query that reads a row of it for each question.
    """
    every = Snapshot.objects.using(using).order_by()
    first, last = (every.order_by(order).values("server")[:1] for order in ("server", "-server"))
    found = every.annotate(
        first=Subquery(first),
        last=Subquery(last),
        are_more=Exists(every.filter(server__gt=Subquery(first), server__lt=Subquery(last))),
        reported=Exists(every.filter(server__in=["", Subquery(last)], counting=Counting.REPORTED)),
    ).values_list("first", "last", "are_more", "reported")[:1]
    for lowest, highest, are_more, reported in found:
        if are_more or (lowest and lowest != highest):
            return True
        # Where the server of old snapshots is not known, only those that were reported can be of another one.
        return not lowest and reported
    return False
