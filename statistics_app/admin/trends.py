"""Trends of the main numbers over the last days, shown above the list of snapshots."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from ..history.metrics import BY_KEY
from ..history.moments import state_at
from ..presentation.number_format import format_change, format_number
from ..presentation.sparkline import Sparkline, sparklines

KEYS = ("totalMessages", "totalUsers", "activeUsersMonthly", "onlineUsers")
LENGTH = timedelta(days=30)
# All times in the admin are in UTC, and so are its days.
ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Trend:
    """One metric: its latest value, its sparkline, and its change over it, which is empty if too little is known."""

    label: str
    latest: str
    change: str
    line: Sparkline

    @property
    def since(self) -> datetime | None:
        """Return the time from which the change is counted, or None if there is no change."""
        return self.line.since and self.line.since.astimezone(ZONE)


def trends() -> list[Trend]:
    """Return the trends by day, without metrics of which no value is known."""
    lines = sparklines(KEYS, state_at(timezone.now()), LENGTH, ZONE)
    return [_trend(key, line) for key, line in lines.items() if line.last is not None]


def _trend(key: str, line: Sparkline) -> Trend:
    metric = BY_KEY[key]
    change = format_change(line.change, metric.unit) if line.change is not None else ""
    return Trend(gettext(metric.label), format_number(line.last, metric.unit), change, line)
