"""What became of the last slots: whether each has a snapshot, in time or late, or why not, and when the next is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import pgettext

from ..conf import setting
from ..models import FailedSlot, Installation, Snapshot
from ..models.snapshot import Origin
from .slots import slot_of
from .staleness import grace

SLOTS = 48
# More than there are in so many slots, unless somebody runs the command again and again.
_MOST = 20 * SLOTS


class SlotState(StrEnum):
    """What became of a slot."""

    TAKEN = "taken"
    LATE = "late"
    FAILED = "failed"
    MISSED = "missed"
    REMOVED = "removed"
    DUE = "due"

    @property
    def label(self) -> str:
        """The name as text."""
        return {
            SlotState.TAKEN: pgettext("slot", "taken"),
            SlotState.LATE: pgettext("slot", "late"),
            SlotState.FAILED: pgettext("slot", "failed"),
            SlotState.MISSED: pgettext("slot", "missed"),
            SlotState.REMOVED: pgettext("slot", "removed"),
            SlotState.DUE: pgettext("slot", "due"),
        }[self]


@dataclass(frozen=True, slots=True)
class SlotReport:
    """A slot: its first snapshot, without the document, and when it was refreshed and failed, if it was."""

    began: datetime
    state: SlotState
    snapshot: Snapshot | None = None
    refreshed: Snapshot | None = None
    failed: FailedSlot | None = None

    @property
    def delay(self) -> timedelta | None:
        """How long after the beginning of the slot its snapshot was taken."""
        return self.snapshot.created_at - self.began if self.snapshot else None


def slot_reports(now: datetime, number: int = SLOTS) -> list[SlotReport]:
    """Return what became of the last slots, oldest first, the present one included.

    Slots before the installation, or before the first of the snapshots if that is earlier, are left out. What only a reader has
    refreshed has no snapshot by schedule. It takes four queries.
    """
    interval = timedelta(seconds=setting("INTERVAL"))
    slots = [slot_of(now) - interval * ago for ago in reversed(range(number))]
    installed_at = Installation.objects.values_list("installed_at", flat=True).first() or now
    own = Snapshot.objects.taken().since(slots[0]).oldest_first().without_documents()
    snapshots = _first_of_each(own.exclude(origin=Origin.REFRESH)[:_MOST])
    refreshed = _first_of_each(own.filter(origin=Origin.REFRESH)[:_MOST])
    known_since = min([installed_at, *snapshots])
    failures = {failed.slot: failed for failed in FailedSlot.objects.filter(slot__gte=slots[0])}
    return [
        SlotReport(
            slot,
            _state(slot, snapshots.get(slot), failures.get(slot), now),
            snapshots.get(slot),
            refreshed.get(slot),
            failures.get(slot),
        )
        for slot in slots
        if slot + interval > known_since
    ]


def next_due(reports: Iterable[SlotReport], now: datetime) -> datetime:
    """Return when the next snapshot is due: at the beginning of the present slot if that has none yet, else of the next."""
    has_snapshot = any(report.began == slot_of(now) and report.snapshot for report in reports)
    return slot_of(now) + timedelta(seconds=setting("INTERVAL")) * has_snapshot


def _first_of_each(snapshots: Iterable[Snapshot]) -> Mapping[datetime, Snapshot]:
    first: dict[datetime, Snapshot] = {}
    for snapshot in snapshots:
        # Snapshots by command have no slot; the interval may have been another one when the others were taken.
        first.setdefault(slot_of(snapshot.slot or snapshot.created_at), snapshot)
    return first


def _state(slot: datetime, snapshot: Snapshot | None, failed: FailedSlot | None, now: datetime) -> SlotState:
    if snapshot:
        return SlotState.TAKEN if snapshot.created_at <= slot + grace() else SlotState.LATE
    if failed:
        return SlotState.FAILED
    if slot == slot_of(now):
        return SlotState.DUE
    return SlotState.REMOVED if slot < now - timedelta(days=setting("KEEP_SNAPSHOTS_DAYS")) else SlotState.MISSED
