"""The schedule as texts: what became of the last slots, which of them need attention, and the other periodic tasks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import formats, timezone

from ..conf import setting
from ..models import FailedSlot, FailedTask
from ..snapshots.slot_reports import SlotReport, SlotState, next_due, slot_reports
from ..snapshots.upkeep import Upkeep, upkeep
from .number_format import format_duration

_TIME_FORMAT = "j M Y, H:i"
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
        yield (
            f"Taken {format_duration(report.delay.total_seconds())} late" if report.state is SlotState.LATE else "Taken in time"
        )
        if unknown := len(report.snapshot.problems):
            yield f"{unknown} value{'' if unknown == 1 else 's'} unknown"
    elif report.state is SlotState.MISSED:
        yield "No attempt is recorded"
    elif report.state is SlotState.DUE:
        yield "Not taken yet"
    elif report.state is SlotState.REMOVED:
        yield "Removed since, or missed"
    if report.failed:
        failures = _failures(report.failed)
        yield failures if report.state is SlotState.FAILED else f"Failed {failures[0].lower()}{failures[1:]}"
    if report.refreshed and not report.snapshot:
        yield "Refreshed by a reader"


def _failures(failed: FailedSlot | FailedTask | None) -> str:
    """Return how often something failed, and its last error."""
    if failed is None:
        return ""
    times = "Once, on" if failed.failures == 1 else f"{failed.failures} times, last on"
    return f"{times} {_time(failed.failed_at)}: {failed.error}"


def _trouble(slots: Sequence[ShownSlot]) -> Trouble:
    return Trouble(slots[0].report.state, slots[0].time, slots[-1].time, len(slots), slots[0].text)


def _time(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), _TIME_FORMAT)


def _period(length: timedelta) -> str:
    return {timedelta(hours=1): "hour", timedelta(days=1): "day", timedelta(days=7): "week"}.get(
        length, format_duration(length.total_seconds())
    )
