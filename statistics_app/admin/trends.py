"""How the main numbers went in the last days, to stand over the list."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from ..history.metrics import BY_KEY
from ..presentation.number_format import format_change, format_number
from ..presentation.sparkline import Sparkline, sparklines

KEYS = ("totalMessages", "totalUsers", "onlineUsers")
LENGTH = timedelta(days=30)
# The admin's times are those of UTC, and so are its days.
ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Trend:
    """One number: its latest value, its line, and how far it came on it; `change` is empty where too little is known."""

    label: str
    latest: str
    change: str
    line: Sparkline

    @property
    def since(self) -> datetime | None:
        """From when on the change is counted."""
        return self.line.since and self.line.since.astimezone(ZONE)


def trends() -> list[Trend]:
    """Read the last days, by day; what nothing is known of is left out."""
    now = timezone.now()
    return [_trend(key, line) for key, line in sparklines(KEYS, now - LENGTH, now, ZONE).items() if line.last is not None]


def _trend(key: str, line: Sparkline) -> Trend:
    metric = BY_KEY[key]
    came = format_change(line.change, metric.unit) if line.change is not None else ""
    return Trend(metric.label, format_number(line.last, metric.unit), came, line)
