"""The numbers that a reader looks for first: each with its way over the last days, and how far it came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ..history.metric import Metric
from ..history.metrics import BY_KEY
from ..history.spans import SPANS
from ..models import Snapshot
from .number_format import format_change, format_number
from .sparkline import Sparkline, sparklines

_KEYS = ("totalMessages", "totalUsers", "totalRooms", "onlineUsers", "uploadsTotalSize")
_LOAD = "os.loadavg.0"
_INSTANT = timedelta(milliseconds=1)


LABELS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days", "1y": "1 year"}
DEFAULT_SPAN = "7d"


@dataclass(frozen=True, slots=True)
class Headline:
    """One number: its text, its line, its change and since when."""

    metric: Metric
    text: str
    line: Sparkline

    @property
    def change(self) -> str:
        """How far it came, with its sign; empty where too little is known."""
        return format_change(self.line.change, self.metric.unit) if self.line.change is not None else ""

    @property
    def since(self) -> datetime | None:
        """From when on the change is counted."""
        return self.line.since


@dataclass(frozen=True, slots=True)
class Headlines:
    """The headlines of a snapshot, and the small line of its server's load."""

    numbers: tuple[Headline, ...]
    load: Sparkline
    span: str


def headlines(snapshot: Snapshot, span: str, zone: ZoneInfo) -> Headlines:
    """Read the headlines up to a snapshot; a span that is not offered is the default."""
    name = span if span in SPANS else DEFAULT_SPAN
    until = snapshot.created_at + _INSTANT
    ends = {key: BY_KEY[key].value_in(snapshot.document) for key in (*_KEYS, _LOAD)}
    lines = sparklines(list(ends), until - SPANS[name], until, zone, ends)
    return Headlines(tuple(_numbers(snapshot, lines)), lines[_LOAD], name)


def _numbers(snapshot: Snapshot, lines: Mapping[str, Sparkline]) -> Iterator[Headline]:
    for key in _KEYS:
        metric = BY_KEY[key]
        yield Headline(metric, format_number(snapshot.document.get(key), metric.unit), lines[key])
