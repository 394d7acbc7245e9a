"""The size of the seeded workspace, and the distribution of its activity over time: growth, weekdays and hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

# The relative activity of each hour of the day (UTC), and of each day of the week from Monday.
HOURS = (2, 1, 1, 1, 1, 2, 6, 15, 32, 42, 44, 40, 30, 38, 43, 41, 36, 27, 18, 14, 12, 9, 6, 3)
WEEKDAYS = (1.0, 1.08, 1.1, 1.05, 0.9, 0.22, 0.18)


@dataclass(frozen=True, slots=True)
class Plan:
    """The number of rows of each table, and the period that they cover, which ends at `now`."""

    now: datetime
    days: int = 730
    users: int = 300
    rooms: int = 60
    messages: int = 100_000
    uploads: int = 2_400
    subscriptions_per_user: int = 9

    @property
    def start(self) -> datetime:
        """The start of the period."""
        return self.now - timedelta(days=self.days)

    def at(self, part: float) -> datetime:
        """Return the time at which a fraction (0 to 1) of the period has passed."""
        return self.start + (self.now - self.start) * part

    def busy_moments(self, count: int, rng: Random) -> list[datetime]:
        """Draw random times in ascending order, more of them in busy hours and in later months."""
        first = self.start.replace(minute=0, second=0, microsecond=0)
        hours = [first + timedelta(hours=hour) for hour in range(self.days * 24 + 1)]
        weights = [
            HOURS[hour.hour] * WEEKDAYS[hour.weekday()] * (0.35 + 1.3 * number / len(hours))
            for number, hour in enumerate(hours)
        ]
        drawn = rng.choices(hours, cum_weights=list(accumulate(weights)), k=count)
        moments = sorted(hour + timedelta(seconds=rng.random() * 3600) for hour in drawn)
        return [min(max(moment, self.start), self.now) for moment in moments]


def skewed(rng: Random, size: int) -> int:
    """Draw a random number below `size`, favouring small ones: a few rooms and users account for most of the activity."""
    return int(size * rng.random() ** 2.6)


def key(kind: str, number: int) -> str:
    """Return the fixed id of a seeded row, with 17 characters like every id."""
    return f"seed{kind}{number:012d}"
