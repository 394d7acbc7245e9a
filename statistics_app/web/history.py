"""The page of charts, and the download of its values as a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from ..exceptions import ParameterError
from ..exports.file_names import series_file_stem
from ..exports.formats import SERIES_FORMATS
from ..history.annotations import Annotated, annotations_of
from ..history.moments import state_at
from ..history.request import HistoryRequest
from ..history.series import series
from ..history.servers import server_changes
from ..history.spans import Earlier
from ..http.preferences import preferred_zone
from ..http.query_parameters import choice, zones
from ..presentation.charts import Charts, charts
from ..presentation.earlier import EarlierSeries
from ..presentation.report import Report
from .as_of import latest_as_of
from .base import StatisticsPage, is_partial
from .error_messages import error_context
from .history_form import HistoryForm
from .range_form import local_text


class HistoryView(StatisticsPage, View):
    """Metrics over time, as charts and as a table."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Render the selected metrics, or the error together with the form as it was filled in."""
        form = HistoryForm.read(request.GET, preferred_zone(request))
        context: dict[str, Any] = {"form": form, "since": "", "until": ""}
        status = 200
        try:
            if form.metrics:
                context |= _charts_context(form, request.GET.get("page", "1"), request.GET.get("sort", ""))
        except ParameterError as error:
            context, status = context | error_context(error, form.known_zone(preferred_zone(request))), 400
        context |= {"as_of": latest_as_of(), "is_part": is_partial(request)}
        if is_partial(request):
            return render(request, "statistics_app/_shown.html", context, status=status)
        context |= {"here": "history", "zones": sorted(zones())}
        return render(request, "statistics_app/history.html", context, status=status)


class HistoryReportView(StatisticsPage, View):
    """The charts with their most important numbers on few pages, to print or to save."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Render the report; if the selection cannot be shown, redirect to the page of charts, which says why."""
        form = HistoryForm.read(request.GET, preferred_zone(request))
        page = f"{reverse('statistics:history')}?{request.GET.urlencode()}"
        try:
            context = _charts_context(form)
        except ParameterError:
            return redirect(page)
        address = request.build_absolute_uri(f"{reverse('statistics:history')}?{form.query_string}")
        context |= {"form": form, "address": address}
        return render(request, "statistics_app/report.html", context)


class HistoryFileView(StatisticsPage, View):
    """The values of the charts as a download."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the selected series as a file in the requested format."""
        form = HistoryForm.read(request.GET, preferred_zone(request))
        try:
            selection = form.request(timezone.now())
            file_format = SERIES_FORMATS[choice(request.GET, "format", [*SERIES_FORMATS])]
        except ParameterError as error:
            return HttpResponseBadRequest(error.translated, content_type="text/plain; charset=utf-8")
        points = series(selection.metrics, selection.range, selection.mode)
        content = file_format.write_series(points, selection.range, selection.mode)
        name = file_format.file_name(series_file_stem(selection.metrics, selection.range))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=file_format.media_type, headers=headers)


def shown_charts(form: HistoryForm, selection: HistoryRequest, now: datetime, annotations: Sequence[Annotated] = ()) -> Charts:
    """Return the charts of a selection of the form, with marks where there are annotations. Errors: ParameterError."""
    points = series(selection.metrics, selection.range, selection.mode)
    earlier = form.earlier(selection.range)
    compared = None
    if earlier:
        before, last = (state_at(one.until) for one in (earlier, selection.range))
        points_before = series(selection.metrics, earlier, selection.mode)
        compared = EarlierSeries(Earlier(form.compare).label, earlier, points_before, last.is_of_other_server(before))
    return charts(points, selection.range, selection.mode, compared, now, annotations=annotations)


def _charts_context(form: HistoryForm, page: str = "1", sort: str = "") -> dict[str, Any]:
    now = timezone.now()
    selection = form.request(now)
    since, until = (local_text(moment, selection.range.zone) for moment in (selection.range.since, selection.range.until))
    shown = shown_charts(form, selection, now, annotations_of(selection.metrics, selection.range))
    return {
        "charts": shown,
        "report": Report(shown, now),
        "table": shown.table.page(page, sort),
        "heads": shown.table.heads(sort),
        "sort": sort,
        "server_changes": server_changes(selection.range),
        "since": since,
        "until": until,
    }
