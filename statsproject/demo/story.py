"""What happened in the simulated past: an evening of trouble, a gap, and a release."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from statistics_app.models import TimeRange
from statistics_app.models.time_range import BEGINNING, END

TUESDAY, THURSDAY, SATURDAY = 1, 3, 5
FORMER_VERSION = "0.0.9"
# What is to be known of values in the past: of the counts before the release, and of the machine in the evening of trouble.
BOTS_ONLINE = f"Bots counted as online, up to version {FORMER_VERSION}."
RESTORE = "A backup was restored on the same machine."


@dataclass(frozen=True, slots=True)
class Story:
    """When what happened; outside of these times, nothing did.

    During the trouble, load is high, memory is scarce and probes fail. In the gap, the server is off, and restarted at its end.
    """

    trouble: TimeRange
    gap: TimeRange
    release: datetime

    @classmethod
    def before(cls, now: datetime) -> "Story":
        """Return what happened before a time: the release within four weeks, then the trouble, and the gap in the last week."""
        evening = _last(THURSDAY, now - timedelta(days=8)) + timedelta(hours=17)
        morning = next(filter(_is_weekday, (_midnight(now - timedelta(days=days)) for days in (2, 3, 4)))) + timedelta(hours=6)
        return cls(
            TimeRange(evening, evening + timedelta(hours=6)),
            TimeRange(morning, morning + timedelta(hours=5)),
            _last(TUESDAY, now - timedelta(days=17)) + timedelta(hours=9),
        )


NOTHING = Story(TimeRange(END, END), TimeRange(END, END), BEGINNING)


def _last(weekday: int, before: datetime) -> datetime:
    """Return the last midnight at which a day of the week began, at or before a time."""
    midnight = _midnight(before)
    return midnight - timedelta(days=(midnight.weekday() - weekday) % 7)


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _is_weekday(midnight: datetime) -> bool:
    return midnight.weekday() < SATURDAY
