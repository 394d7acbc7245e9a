"""The line above the numbers of a page: the age of their snapshot, and whether a newer one exists or is overdue."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ..catalogue.statistics import CATALOGUE
from ..models import Snapshot
from ..snapshots.staleness import Overdue, find_overdue, overdue_at


@dataclass(frozen=True, slots=True)
class AsOf:
    """The snapshot that the numbers of a page come from, and whether it is still current.

    `due_at` is the time by which a newer snapshot has to exist, None where none is expected; `overdue` is the reason why
    it does not; `is_outdated` is true when a newer snapshot exists.
    """

    snapshot: Snapshot
    due_at: datetime | None = None
    overdue: Overdue | None = None
    is_outdated: bool = False

    @property
    def known(self) -> int:
        """Return the number of statistics whose values are known in the snapshot."""
        return self.total - len(self.snapshot.problems)

    @property
    def total(self) -> int:
        """Return the number of all statistics."""
        return len(CATALOGUE)


def as_of_latest(latest: Snapshot) -> AsOf:
    """Describe the latest snapshot, including whether the next one is overdue."""
    return AsOf(latest, overdue_at(latest), find_overdue(latest, timezone.now()))


def latest_as_of() -> AsOf | None:
    """Describe the latest snapshot; None if there is none."""
    latest = Snapshot.objects.without_documents().latest_taken()
    return as_of_latest(latest) if latest else None


def as_of(snapshot: Snapshot) -> AsOf:
    """Describe a snapshot that was the latest when its page was loaded, including whether there is a newer one by now."""
    latest = Snapshot.objects.without_documents().latest_taken()
    if latest and latest.pk != snapshot.pk:
        return AsOf(snapshot, is_outdated=True)
    return as_of_latest(snapshot)
