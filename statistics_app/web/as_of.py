"""How old the numbers of a page are, and whether newer ones are there, or should be."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ..catalogue.statistics import CATALOGUE
from ..models import Snapshot
from ..snapshots.staleness import Overdue, find_overdue, overdue_at


@dataclass(frozen=True, slots=True)
class AsOf:
    """The line above numbers: the snapshot that they come from, and what is to be known of it.

    `due_at` is when a newer one has to be there, None where nobody waits for one; `overdue` says why it is not.
    """

    snapshot: Snapshot
    due_at: datetime | None = None
    overdue: Overdue | None = None
    is_outdated: bool = False

    @property
    def known(self) -> int:
        """How many statistics are known."""
        return self.all - len(self.snapshot.problems)

    @property
    def all(self) -> int:
        """How many there are."""
        return len(CATALOGUE)


def as_of_latest(latest: Snapshot) -> AsOf:
    """Look whether a snapshot should have followed the latest."""
    return AsOf(latest, overdue_at(latest), find_overdue(latest, timezone.now()))


def as_of(snapshot: Snapshot) -> AsOf:
    """Look whether a snapshot that was the latest still is, and whether one should have followed it."""
    latest = Snapshot.objects.without_documents().latest_taken()
    if latest and latest.pk != snapshot.pk:
        return AsOf(snapshot, is_outdated=True)
    return as_of_latest(snapshot)
