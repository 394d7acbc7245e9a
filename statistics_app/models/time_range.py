"""Ranges of time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Before and after all times that are stored.
BEGINNING, END = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A range of time, by default all of it; `until` is excluded."""

    since: datetime = BEGINNING
    until: datetime = END

    def __and__(self, other: "TimeRange") -> "TimeRange":
        return TimeRange(max(self.since, other.since), min(self.until, other.until))

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    @classmethod
    def up_to(cls, moment: datetime) -> "TimeRange":
        """Return the range that ends with a time, included."""
        return cls(until=just_after(moment))


def just_after(moment: datetime) -> datetime:
    """Return the next time that can be stored."""
    return moment + timedelta.resolution if moment < END else END
