"""How busy the simulated people are by hour of the day and day of the week, as in the seeded messages."""

from datetime import datetime, timedelta

from statistics_app.sources.base import Presence
from statsproject.chat.seeding.plan import HOURS, WEEKDAYS

HOUR = timedelta(hours=1)
# At the busiest hour, which parts of the people have a presence; all others are offline.
AT_MOST = {Presence.ONLINE: 0.32, Presence.AWAY: 0.09, Presence.BUSY: 0.06}
# Even at night, somebody is there; and who looks at the demonstration then is to see that it lives.
LEAST_PRESENT, LEAST_PACE = 0.08, 1 / 3

_AVERAGE = sum(HOURS) * sum(WEEKDAYS) / (len(HOURS) * len(WEEKDAYS))
_GREATEST = max(HOURS) * max(WEEKDAYS)
_PACES = [max(hour * day / _AVERAGE, LEAST_PACE) for day in WEEKDAYS for hour in HOURS]
_AVERAGE_PACE = sum(_PACES) / len(_PACES)


def pace_at(moment: datetime) -> float:
    """Return how many times as much happens at a time (UTC) as on average over a week."""
    return max(_activity(moment) / _AVERAGE, LEAST_PACE) / _AVERAGE_PACE


def busyness_at(moment: datetime) -> float:
    """Return how busy a time (UTC) is, from 0 to 1 in the busiest hour of the week; it changes within the hour."""
    passed = moment.minute / 60 + moment.second / 3600
    return (_activity(moment) * (1 - passed) + _activity(moment + HOUR) * passed) / _GREATEST


def present_at(moment: datetime, people: int, noise: float = 1) -> dict[Presence, int]:
    """Return how many of so many people have each presence at a time (UTC), except offline."""
    busy = (LEAST_PRESENT + (1 - LEAST_PRESENT) * busyness_at(moment)) * noise
    return {presence: min(round(part * busy * people), people) for presence, part in AT_MOST.items()}


def _activity(moment: datetime) -> float:
    return HOURS[moment.hour] * WEEKDAYS[moment.weekday()]
