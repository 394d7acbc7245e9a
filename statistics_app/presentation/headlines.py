"""The most important numbers of a snapshot, each with a sparkline and its change over a period."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..history.metric import Metric
from ..history.metrics import BY_KEY
from ..history.moments import State
from ..history.spans import SPANS
from ..models import Snapshot
from .number_format import format_change, format_number
from .sparkline import Sparkline, sparklines

_KEYS = ("totalMessages", "totalUsers", "totalRooms", "onlineUsers", "uploadsTotalSize")
_LOAD = "os.loadavg.0"

LABELS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days", "1y": "1 year"}
DEFAULT_SPAN = "7d"


@dataclass(frozen=True, slots=True)
class Headline:
    """One number: its formatted value and its sparkline."""

    metric: Metric
    text: str
    line: Sparkline

    @property
    def change(self) -> str:
        """The change over the period with its sign; empty if too few values are known."""
        return format_change(self.line.change, self.metric.unit) if self.line.change is not None else ""

    @property
    def since(self) -> datetime | None:
        """The time since which the change is counted; None if too few values are known."""
        return self.line.since


@dataclass(frozen=True, slots=True)
class Headlines:
    """The headlines of a snapshot, the sparkline of the server load, and the name of the period."""

    numbers: tuple[Headline, ...]
    load: Sparkline
    span: str

    @property
    def label(self) -> str:
        """The period as text."""
        return LABELS[self.span]

    @property
    def is_of_other_server(self) -> bool:
        """Whether another server counted at the beginning of the period, so that there are no changes."""
        return self.load.is_of_other_server


def headlines(snapshot: Snapshot, span: str, zone: ZoneInfo) -> Headlines:
    """Return the headlines for the period that ends at a snapshot; an unknown `span` means the default."""
    name = span if span in SPANS else DEFAULT_SPAN
    lines = sparklines((*_KEYS, _LOAD), State.of(snapshot), SPANS[name], zone)
    return Headlines(tuple(_numbers(snapshot, lines)), lines[_LOAD], name)


def _numbers(snapshot: Snapshot, lines: Mapping[str, Sparkline]) -> Iterator[Headline]:
    for key in _KEYS:
        metric = BY_KEY[key]
        yield Headline(metric, format_number(snapshot.document.get(key), metric.unit), lines[key])
