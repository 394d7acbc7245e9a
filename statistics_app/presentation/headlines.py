"""The most important numbers of a snapshot, each with a sparkline and its change over a period."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from ..history.metric import Metric
from ..history.metrics import BY_KEY
from ..history.moments import State
from ..history.spans import SPANS
from ..models import Snapshot
from ..texts import gettext_noop as _
from .number_format import UNKNOWN, format_change, format_number
from .sparkline import Sparkline, sparklines

_KEYS = ("totalMessages", "totalUsers", "totalRooms", "onlineUsers", "uploadsTotalSize")
_LOAD = "os.loadavg.0"

_LABELS = {"24h": _("24 hours"), "7d": _("7 days"), "30d": _("30 days"), "90d": _("90 days"), "1y": _("1 year")}
DEFAULT_SPAN = "7d"


@dataclass(frozen=True, slots=True)
class Headline:
    """One number: its formatted value and its sparkline; `problem` is the reason why the value is unknown."""

    metric: Metric
    text: str
    line: Sparkline
    problem: str = ""

    @property
    def change(self) -> str:
        """The change over the period with its sign; empty if too few values are known."""
        return format_change(self.line.change, self.metric.unit) if self.line.change is not None else ""

    @property
    def since(self) -> datetime | None:
        """The time since which the change is counted; None if too few values are known."""
        return self.line.since

    @property
    def gap(self) -> str:
        """What is missing for a line and a change, in few words; empty if there is one of them."""
        if self.line.worth_drawing or self.change or self.line.is_of_other_server:
            return ""
        return gettext("no earlier value") if self.text != UNKNOWN else gettext("not known")

    @property
    def gap_text(self) -> str:
        """Why neither a line nor a change is shown, as a sentence."""
        if self.text == UNKNOWN:
            return self.problem
        if self.metric.events:
            return gettext("A trend is shown once there is an earlier one in this period.")
        return gettext("Only snapshots have this value. A trend is shown once there is an earlier one in this period.")


@dataclass(frozen=True, slots=True)
class Headlines:
    """The headlines of a snapshot, the sparkline of the server load, and the name of the period."""

    numbers: tuple[Headline, ...]
    load: Sparkline
    span: str

    @property
    def label(self) -> str:
        """The period as text."""
        return gettext(_LABELS[self.span])

    @property
    def is_of_other_server(self) -> bool:
        """Whether another server counted at the beginning of the period, so that there are no changes."""
        return self.load.is_of_other_server


def labels() -> dict[str, str]:
    """Return the names of the periods that can be chosen."""
    return {name: gettext(label) for name, label in _LABELS.items()}


def headlines(snapshot: Snapshot, span: str, zone: ZoneInfo) -> Headlines:
    """Return the headlines for the period that ends at a snapshot; an unknown `span` means the default."""
    name = span if span in SPANS else DEFAULT_SPAN
    lines = sparklines((*_KEYS, _LOAD), State.of(snapshot), SPANS[name], zone)
    return Headlines(tuple(_numbers(snapshot, lines)), lines[_LOAD], name)


def _numbers(snapshot: Snapshot, lines: Mapping[str, Sparkline]) -> Iterator[Headline]:
    for key in _KEYS:
        metric = BY_KEY[key]
        text = format_number(snapshot.document.get(key), metric.unit)
        yield Headline(metric, text, lines[key], snapshot.problems.get(key, ""))
