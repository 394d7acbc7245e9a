"""The schedule as texts: what became of the last slots, which of them need attention, and the other periodic tasks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext

from ..conf import setting
from ..history.steps import Step
from ..models import FailedSlot, FailedTask
from ..snapshots.slot_reports import SlotReport, SlotState, next_due, slot_reports
from ..snapshots.upkeep import Upkeep, upkeep
from ..texts import gettext_noop as _
from .number_format import format_duration
from .step_names import step_name

_TIME_FORMAT = _("j M Y, H:i")
_QUIET = {SlotState.TAKEN, SlotState.DUE, SlotState.REMOVED}


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """A slot with its time and what became of it, as texts."""

    report: SlotReport
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Slots in a row of which the same is to be said: the first and the last time, and how many."""

    state: SlotState
    first: str
    last: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A periodic task other than taking snapshots, with its failures as a text."""

    upkeep: Upkeep
    period: str
    is_overdue: bool
    failures: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The slots, oldest first, when the next snapshot is due, and the other tasks."""

    slots: Sequence[ShownSlot]
    due_at: datetime
    is_due: bool
    interval: str
    tasks: Sequence[ShownTask]

    @property
    def counts(self) -> list[tuple[SlotState, int]]:
        """How many slots there are of each state; states without any are left out, except that of those taken."""
        numbers = Counter(slot.report.state for slot in self.slots)
        return [(state, numbers[state]) for state in SlotState if numbers[state] or state is SlotState.TAKEN]

    @property
    def troubles(self) -> list[Trouble]:
        """The slots that need attention, newest first, those in a row together."""
        runs = groupby(self.slots, key=lambda slot: (slot.report.state, slot.text))
        return [_trouble(list(slots)) for (state, _), slots in runs if state not in _QUIET][::-1]


def schedule(now: datetime) -> Schedule:
    """Return the schedule in the current time zone; the number of queries is constant."""
    reports = slot_reports(now)
    due_at = next_due(reports, now)
    slots = [ShownSlot(report, _time(report.began), ". ".join(_sentences(report))) for report in reports]
    tasks = [ShownTask(one, _period(one.every), one.is_overdue(now), _failures(one.failed)) for one in upkeep()]
    return Schedule(slots, due_at, due_at <= now, _period(timedelta(seconds=setting("INTERVAL"))), tasks)


def _sentences(report: SlotReport) -> Iterator[str]:
    if report.snapshot and report.delay is not None:
        late = {"time": format_duration(report.delay.total_seconds())}
        yield gettext("Taken %(time)s late") % late if report.state is SlotState.LATE else gettext("Taken in time")
        if unknown := len(report.snapshot.problems):
            yield ngettext("%(number)d value unknown", "%(number)d values unknown", unknown) % {"number": unknown}
    elif report.state is SlotState.MISSED:
        yield gettext("No attempt is recorded")
    elif report.state is SlotState.DUE:
        yield gettext("Not taken yet")
    elif report.state is SlotState.REMOVED:
        yield gettext("Removed since, or missed")
    if report.failed:
        yield _failures(report.failed) if report.state is SlotState.FAILED else _failures_before(report.failed)
    if report.refreshed and not report.snapshot:
        yield gettext("Refreshed by a reader")


def _failures(failed: FailedSlot | FailedTask | None) -> str:
    """Return how often something failed, and its last error."""
    if failed is None:
        return ""
    if failed.failures == 1:
        return gettext("Once, on %(time)s: %(error)s") % _values(failed)
    return gettext("%(number)d times, last on %(time)s: %(error)s") % _values(failed)


def _failures_before(failed: FailedSlot) -> str:
    """Return the same of a slot of which a snapshot was taken in the end."""
    if failed.failures == 1:
        return gettext("Failed once, on %(time)s: %(error)s") % _values(failed)
    return gettext("Failed %(number)d times, last on %(time)s: %(error)s") % _values(failed)


def _values(failed: FailedSlot | FailedTask) -> dict[str, object]:
    return {"number": failed.failures, "time": _time(failed.failed_at), "error": failed.error}


def _trouble(slots: Sequence[ShownSlot]) -> Trouble:
    return Trouble(slots[0].report.state, slots[0].time, slots[-1].time, len(slots), slots[0].text)


def _time(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), gettext(_TIME_FORMAT))


def _period(length: timedelta) -> str:
    steps = {timedelta(hours=1): Step.HOUR, timedelta(days=1): Step.DAY, timedelta(days=7): Step.WEEK}
    return step_name(steps[length]) if length in steps else format_duration(length.total_seconds())
