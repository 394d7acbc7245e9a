"""The page that sets two moments side by side."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from ..exceptions import ParameterError
from ..history.request import NOW, snapshot_at
from ..history.spans import SPANS
from ..http.preferences import preferred_zone
from ..models import Snapshot
from ..presentation.comparison import comparison_rows
from .as_of import AsOf
from .base import StatisticsPage, is_partial
from .error_messages import page_message


class Ago(StrEnum):
    """How long before now the first moment is; TWO is two moments of the reader's choice."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "1y"
    TWO = "custom"

    @property
    def label(self) -> str:
        """What stands on its button."""
        return _LABELS[self]


_LABELS = {
    Ago.DAY: "A day ago",
    Ago.WEEK: "A week ago",
    Ago.MONTH: "A month ago",
    Ago.YEAR: "A year ago",
    Ago.TWO: "Two moments",
}
_LENGTHS = {Ago.DAY: SPANS["24h"], **{ago: SPANS[ago] for ago in (Ago.WEEK, Ago.MONTH, Ago.YEAR)}}


@dataclass(frozen=True, slots=True)
class ComparisonForm:
    """Which two moments are compared, as texts."""

    ago: str
    a: str
    b: str

    @classmethod
    def read(cls, query: QueryDict) -> "ComparisonForm":
        """Read an address; at first it is now and a month ago."""
        ago = query.get("ago") or (Ago.TWO if "a" in query else Ago.MONTH)
        return cls(ago, query.get("a", ""), query.get("b", ""))

    def snapshots(self, now: datetime, zone: ZoneInfo) -> tuple[Snapshot, Snapshot]:
        """Find the snapshots of the two moments; a history that is shorter begins with its first; errors: ParameterError."""
        if self.ago not in list(Ago):
            raise ParameterError(f"'ago' has to be one of {', '.join(Ago)}, not '{self.ago[:60]}'.")
        if self.ago != Ago.TWO:
            then = now - _LENGTHS[Ago(self.ago)]
            return snapshot_at({}, "a", then, now, or_first=True), snapshot_at({}, "b", now, now)
        moments = {"a": _in_zone(self.a, zone), "b": _in_zone(self.b or NOW, zone)}
        return snapshot_at(moments, "a", now, now), snapshot_at(moments, "b", now, now)

    def begins_before(self, first: Snapshot, now: datetime) -> bool:
        """Say whether there was no snapshot yet at the moment that was chosen, so that a later one stands for it."""
        return self.ago != Ago.TWO and first.created_at > now - _LENGTHS[Ago(self.ago)]

    @property
    def choices(self) -> list[tuple[Ago, bool]]:
        """All choices, with whether they are chosen."""
        return [(ago, ago == self.ago) for ago in Ago]


class ComparisonView(StatisticsPage, View):
    """Every key at two moments, what changed first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Compare; what cannot be used is told, and kept to be mended."""
        form = ComparisonForm.read(request.GET)
        zone, status = preferred_zone(request), 200
        shown = {"form": form, "here": "compare", "a_text": form.a, "b_text": form.b, "is_part": is_partial(request)}
        try:
            a, b = form.snapshots(timezone.now(), zone)
        except ParameterError as error:
            is_empty = not Snapshot.objects.exists()
            shown |= {"error": page_message(error), "is_empty": is_empty}
            status = 200 if is_empty else 400
        else:
            rows = comparison_rows(a, b)
            shown |= {"a": a, "b": b, "rows": rows, "changed": sum(row.differs for row in rows), "as_of": AsOf(b)}
            shown["is_shorter"] = form.begins_before(a, timezone.now())
            shown |= {"a_text": _field(a, zone), "b_text": _field(b, zone)}
        template = "_compared.html" if is_partial(request) else "compare.html"
        return render(request, f"statistics_app/{template}", shown, status=status)


def _in_zone(text: str, zone: ZoneInfo) -> str:
    """Give a time on the reader's clock its zone; an id, `now` and what cannot be read stay as they are.

    A second of that clock is meant to its end, so that the snapshot that was taken in it is found.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, microsecond=moment.microsecond or 999_999)
    return moment.isoformat()


def _field(snapshot: Snapshot, zone: ZoneInfo) -> str:
    """Write a snapshot's time as a field takes it."""
    return snapshot.created_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
