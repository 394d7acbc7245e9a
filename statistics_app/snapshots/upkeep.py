"""What keeps the history up to date besides snapshots: when each task was last done, with what result, and its failures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..models import EventCoverage, FailedTask, Installation, Snapshot, TallyAudit
from ..texts import Text
from ..texts import gettext_noop as _
from .task_names import AUDIT_TALLIES, PRUNE, ROLL_UP, ROLL_UP_SECONDS

# A task is overdue after so many of its periods.
_PERIODS = 2


@dataclass(frozen=True, slots=True)
class Upkeep:
    """A task: when it was last done, if that is recorded, how often it should be, and what it found.

    `failed` counts the failures that Celery has reported; those of commands are not recorded.
    """

    task: str
    name: str
    done_at: datetime | None
    every: timedelta
    result: str = ""
    failed: FailedTask | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it should have been done since."""
        return self.done_at is not None and now - self.done_at > _PERIODS * self.every


def upkeep() -> list[Upkeep]:
    """Return the roll-up of the history, the audit of what is counted, and the removal of old snapshots; in five queries."""
    failures = {failed.task: failed for failed in FailedTask.objects.filter(task__in=(ROLL_UP, AUDIT_TALLIES, PRUNE))}
    return [
        Upkeep(task, name, done_at, every, result, failures.get(task)) for task, name, done_at, every, result in _last_times()
    ]


def _last_times() -> Iterator[tuple[str, str, datetime | None, timedelta, str]]:
    rolled_up_at = EventCoverage.objects.values_list("until", flat=True).first()
    waiting = Snapshot.objects.filter(is_rolled_up=False).count()
    form = _("1 snapshot to be rolled up") if waiting == 1 else _("%(number)d snapshots to be rolled up")
    left = Text(form, number=waiting) if waiting else Text(_("all snapshots rolled up"))
    yield ROLL_UP, _("Roll-up of the history"), rolled_up_at, timedelta(seconds=ROLL_UP_SECONDS), left
    audit = TallyAudit.objects.order_by("-began_at").only("began_at", "differences", "repaired").first()
    yield AUDIT_TALLIES, _("Audit of the running counts"), audit.began_at if audit else None, timedelta(days=7), _found(audit)
    pruned_at = Installation.objects.values_list("pruned_at", flat=True).first()
    yield PRUNE, _("Removal of old snapshots"), pruned_at, timedelta(days=1), ""


def _found(audit: TallyAudit | None) -> str:
    if audit is None:
        return ""
    if not audit.differences:
        return Text(_("no differences"))
    one = _("1 difference, repaired") if audit.repaired else _("1 difference")
    more = _("%(number)d differences, repaired") if audit.repaired else _("%(number)d differences")
    return Text(one if audit.differences == 1 else more, number=audit.differences)
