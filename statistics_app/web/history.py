"""The page of charts, and what is seen on it as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from ..exceptions import ParameterError
from ..exports.formats import SERIES_FORMATS
from ..history.series import series
from ..http.preferences import preferred_zone
from ..http.query_parameters import choice, zones
from ..models import Snapshot
from ..presentation.charts import charts
from .as_of import AsOf, as_of_latest
from .base import StatisticsPage, is_partial
from .error_messages import page_message
from .history_form import HistoryForm, local_text

# More would be a page that nobody reads; the file has them.
MOST_ROWS = 2_000


class HistoryView(StatisticsPage, View):
    """Metrics over time, as charts and as a table."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what was chosen; what cannot be used is told, and kept to be mended."""
        form = HistoryForm.read(request.GET, preferred_zone(request))
        shown: dict[str, Any] = {"form": form, "since": "", "until": ""}
        status = 200
        try:
            if form.metrics:
                shown |= _charts(form)
        except ParameterError as error:
            shown, status = {**shown, "error": page_message(error)}, 400
        shown |= {"as_of": _as_of(), "is_part": is_partial(request)}
        if is_partial(request):
            return render(request, "statistics_app/_shown.html", shown, status=status)
        frame = {"here": "history", "zones": sorted(zones())}
        return render(request, "statistics_app/history.html", {**shown, **frame}, status=status)


class HistoryFileView(StatisticsPage, View):
    """The same points, to be kept."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Write them in the format that was chosen."""
        form = HistoryForm.read(request.GET, preferred_zone(request))
        try:
            asked = form.request(timezone.now())
            chosen = SERIES_FORMATS[choice(request.GET, "format", [*SERIES_FORMATS])]
        except ParameterError as error:
            return HttpResponseBadRequest(error.reason, content_type="text/plain; charset=utf-8")
        content = chosen.write_series(series(asked.metrics, asked.range, asked.mode), asked.range, asked.mode)
        disposition = f'attachment; filename="{chosen.file_name("statistics-history")}"'
        return HttpResponse(content, content_type=chosen.media_type, headers={"Content-Disposition": disposition})


def _as_of() -> AsOf | None:
    latest = Snapshot.objects.without_documents().latest_taken()
    return as_of_latest(latest) if latest else None


def _charts(form: HistoryForm) -> dict[str, Any]:
    asked = form.request(timezone.now())
    if len(asked.range.starts) > MOST_ROWS:
        raise ParameterError(f"That would be more than {MOST_ROWS:,} rows: choose a longer step, or a shorter range.")
    found = series(asked.metrics, asked.range, asked.mode)
    since, until = (local_text(moment, asked.range.zone) for moment in (asked.range.since, asked.range.until))
    return {"charts": charts(found, asked.range, asked.mode), "since": since, "until": until}
