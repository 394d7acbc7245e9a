"""The page that compares two moments side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import View

from ..exceptions import ParameterError
from ..history.moments import UNKNOWN_TIME, State, require_known, state_at, state_from
from ..history.request import NOW
from ..history.spans import SPANS
from ..http.preferences import preferred_zone
from ..http.query_parameters import require_choice
from ..models import Snapshot
from ..presentation.comparison import comparison_rows, parts_of
from ..presentation.time_axis import is_repeated
from ..texts import gettext_noop as _
from .as_of import AsOf
from .base import StatisticsPage, is_partial
from .error_messages import error_context


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
        return gettext(_LABELS[self])


_LABELS = {
    Ago.DAY: _("A day ago"),
    Ago.WEEK: _("A week ago"),
    Ago.MONTH: _("A month ago"),
    Ago.YEAR: _("A year ago"),
    Ago.CUSTOM: _("Two moments"),
}
_LENGTHS = {Ago.DAY: SPANS["24h"], **{ago: SPANS[ago] for ago in (Ago.WEEK, Ago.MONTH, Ago.YEAR)}}


@dataclass(frozen=True, slots=True)
class Choice:
    """A distance, whether it is selected, and the reason why it cannot be, empty if it can."""

    ago: Ago
    is_chosen: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MomentField:
    """A `datetime-local` field: its name, its label, and a local time.

    A time that the clock repeats has two `occurrences`: the fold, the zone's abbreviation or offset, whether it is selected.
    """

    name: str
    label: str
    text: str
    occurrences: Sequence[tuple[int, str, bool]] = ()

    @classmethod
    def of(cls, name: str, label: str, state: State, zone: ZoneInfo) -> "MomentField":
        """Return the field with the time of a state."""
        local = state.created_at.astimezone(zone)
        both = [(fold, str(local.replace(fold=fold).tzname()), fold == local.fold) for fold in (0, 1)]
        return cls(name, label, local.strftime("%Y-%m-%dT%H:%M:%S"), both if is_repeated(local) else ())


@dataclass(frozen=True, slots=True)
class ComparisonForm:
    """The form's fields as unvalidated text."""

    ago: str
    a: str
    b: str
    # Which of two occurrences is meant in an hour that the clock repeats: 0 is the first, 1 the second.
    a_fold: int = 0
    b_fold: int = 0

    @classmethod
    def read(cls, query: QueryDict) -> "ComparisonForm":
        """Read the query string; by default, now is compared with a month ago."""
        ago = query.get("ago") or (Ago.CUSTOM if "a" in query else Ago.MONTH)
        a_fold, b_fold = (int(query.get(name) == "1") for name in ("a_fold", "b_fold"))
        return cls(ago, query.get("a", ""), query.get("b", ""), a_fold, b_fold)

    def states(self, now: datetime, zone: ZoneInfo) -> tuple[State, State]:
        """Return the states at the two moments; errors: ParameterError.

        A distance is counted back from the newest snapshot, as trends are. What is not known there is unknown in the table;
        of two moments that the reader enters, something must be known.
        """
        require_choice(self.ago, "ago", list(Ago))
        if self.ago != Ago.CUSTOM:
            latest = require_known(state_at(now), "b")
            return state_at(latest.created_at - _LENGTHS[Ago(self.ago)]), latest
        moments = {"a": _with_zone(self.a, zone, self.a_fold), "b": _with_zone(self.b or NOW, zone, self.b_fold)}
        a, b = (require_known(state_from(moments, name, now, now), name) for name in moments)
        return a, b

    def choices(self, now: datetime) -> list[Choice]:
        """Return all choices; those that lead to a time of which nothing is known are unavailable, with the reason."""
        until = state_at(now).created_at
        return [
            Choice(
                ago,
                ago == self.ago,
                "" if ago is Ago.CUSTOM or state_at(until - _LENGTHS[ago]).is_known else gettext(UNKNOWN_TIME),
            )
            for ago in Ago
        ]


class ComparisonView(StatisticsPage, View):
    """The values of every key at two moments, those that changed first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Render the comparison, or the error together with the form as it was filled in."""
        form = ComparisonForm.read(request.GET)
        zone, status = preferred_zone(request), 200
        context: dict[str, Any] = {
            "form": form,
            "here": "compare",
            "moments": [MomentField("a", gettext("from"), form.a), MomentField("b", gettext("to"), form.b)],
            "is_part": is_partial(request),
            "choices": form.choices(timezone.now()),
        }
        try:
            a, b = form.states(timezone.now(), zone)
        except ParameterError as error:
            is_empty = not Snapshot.objects.exists()
            context |= {**error_context(error, zone), "is_empty": is_empty}
            status = 200 if is_empty else 400
        else:
            rows = comparison_rows(a, b)
            context |= {
                "a": a,
                "b": b,
                "parts": parts_of(rows),
                "number": len(rows),
                "changed": sum(row.differs for row in rows),
            }
            context["is_of_other_server"] = b.is_of_other_server(a)
            context["as_of"] = AsOf(b.snapshot) if b.snapshot else None
            fields = (MomentField.of("a", gettext("from"), a, zone), MomentField.of("b", gettext("to"), b, zone))
            context["moments"] = fields
            context["is_repeated"] = any(field.occurrences for field in context["moments"])
        template = "_compared.html" if is_partial(request) else "compare.html"
        return render(request, f"statistics_app/{template}", context, status=status)


def _with_zone(text: str, zone: ZoneInfo, fold: int) -> str:
    """Add the reader's time zone to a local time; return an ID, `now`, or text that is not a time unchanged.

    A time without a fraction means the end of its second, so that a snapshot that was taken during it is found.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone, microsecond=moment.microsecond or 999_999, fold=fold)
    return moment.isoformat()
