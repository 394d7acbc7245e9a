"""The page that compares two snapshots side by side."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
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
    """The distance of the first moment from now; CUSTOM stands for two moments that the reader enters."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "1y"
    CUSTOM = "custom"

    @property
    def label(self) -> str:
        """Return the text of the choice's button."""
        return _LABELS[self]


_LABELS = {
    Ago.DAY: "A day ago",
    Ago.WEEK: "A week ago",
    Ago.MONTH: "A month ago",
    Ago.YEAR: "A year ago",
    Ago.CUSTOM: "Two moments",
}
_LENGTHS = {Ago.DAY: SPANS["24h"], **{ago: SPANS[ago] for ago in (Ago.WEEK, Ago.MONTH, Ago.YEAR)}}


@dataclass(frozen=True, slots=True)
class ComparisonForm:
    """The form's fields as unvalidated text."""

    ago: str
    a: str
    b: str

    @classmethod
    def read(cls, query: QueryDict) -> "ComparisonForm":
        """Read the query string; by default, now is compared with a month ago."""
        ago = query.get("ago") or (Ago.CUSTOM if "a" in query else Ago.MONTH)
        return cls(ago, query.get("a", ""), query.get("b", ""))

    def snapshots(self, now: datetime, zone: ZoneInfo) -> tuple[Snapshot, Snapshot]:
        """Return the snapshots of the two moments, each the last one taken by then; errors: ParameterError.

        If the history does not reach back as far as the chosen distance, the first snapshot is used.
        """
        if self.ago not in list(Ago):
            raise ParameterError(f"'ago' must be one of {', '.join(Ago)}, not '{self.ago[:60]}'.")
        if self.ago != Ago.CUSTOM:
            then = now - _LENGTHS[Ago(self.ago)]
            return snapshot_at({}, "a", then, now, or_first=True), snapshot_at({}, "b", now, now)
        moments = {"a": _with_zone(self.a, zone), "b": _with_zone(self.b or NOW, zone)}
        return snapshot_at(moments, "a", now, now), snapshot_at(moments, "b", now, now)

    def predates(self, first: Snapshot, now: datetime) -> bool:
        """Return whether the chosen distance leads to a time before the snapshot that was found for it."""
        return self.ago != Ago.CUSTOM and first.created_at > now - _LENGTHS[Ago(self.ago)]

    @property
    def choices(self) -> list[tuple[Ago, bool]]:
        """Return all choices, each with whether it is selected."""
        return [(ago, ago == self.ago) for ago in Ago]


class ComparisonView(StatisticsPage, View):
    """The values of every key at two moments, those that changed first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Render the comparison, or the error together with the form as it was filled in."""
        form = ComparisonForm.read(request.GET)
        zone, status = preferred_zone(request), 200
        context: dict[str, Any] = {
            "form": form,
            "here": "compare",
            "a_text": form.a,
            "b_text": form.b,
            "is_part": is_partial(request),
        }
        try:
            a, b = form.snapshots(timezone.now(), zone)
        except ParameterError as error:
            is_empty = not Snapshot.objects.exists()
            context |= {"error": page_message(error), "is_empty": is_empty}
            status = 200 if is_empty else 400
        else:
            rows = comparison_rows(a, b)
            context |= {"a": a, "b": b, "rows": rows, "changed": sum(row.differs for row in rows), "as_of": AsOf(b)}
            context["uses_first_snapshot"] = form.predates(a, timezone.now())
            context |= {"a_text": _field_text(a, zone), "b_text": _field_text(b, zone)}
        template = "_compared.html" if is_partial(request) else "compare.html"
        return render(request, f"statistics_app/{template}", context, status=status)


def _with_zone(text: str, zone: ZoneInfo) -> str:
    """Add the reader's time zone to a local time; return an ID, `now`, or text that is not a time unchanged.

    A time without a fraction means the end of its second, so that a snapshot that was taken during it is found.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, microsecond=moment.microsecond or 999_999)
    return moment.isoformat()


def _field_text(snapshot: Snapshot, zone: ZoneInfo) -> str:
    """Return a snapshot's local time in the format of a `datetime-local` field."""
    return snapshot.created_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
