"""The pages of the workspace, the snapshots and the definitions, with their refresh and export actions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.generic import DetailView, ListView, TemplateView, View

from ..accounts.usage import require_refresh
from ..exceptions import ParameterError, RemoteError
from ..exports.formats import FORMATS
from ..exports.responses import file_response
from ..http.preferences import preferred_zone
from ..http.query_parameters import moment
from ..models import Installation, Snapshot
from ..models.time_range import BEGINNING, END, TimeRange
from ..presentation.comparison import changes_since
from ..presentation.glossary import glossary
from ..presentation.paging import SnapshotPaginator
from ..presentation.schedule import schedule
from ..snapshots import generation
from .as_of import as_of
from .base import BasePage, StatisticsPage, is_partial
from .displays import to_display
from .snapshot_context import latest_context, snapshot_context


class WorkspaceView(StatisticsPage, TemplateView):
    """The numbers of the latest snapshot."""

    template_name = "statistics_app/workspace.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Render the page, or redirect to that for displays."""
        if "kiosk" in request.GET:
            return to_display("statistics:display", request.GET)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context of the latest stored snapshot; opening the page never takes a new one."""
        latest = Snapshot.objects.latest_taken()
        context = latest_context(latest, self.request.GET.get("range", ""), preferred_zone(self.request))
        context["failure"] = "" if latest else Installation.objects.failure_after(BEGINNING)
        return super().get_context_data(**context, formats=FORMATS, here="workspace", **kwargs)


class RefreshView(StatisticsPage, View):
    """The button that takes a snapshot."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a snapshot; return its numbers to htmx, or redirect other clients to the workspace page.

        If a remote server refuses, the workspace page says why, above the numbers that are known.
        """
        require_refresh(request.user.pk)
        try:
            snapshot = generation.refresh()
        except RemoteError as error:
            messages.error(request, error.translated)
            return _to_workspace(request)
        if not is_partial(request):
            messages.success(request, gettext("A new snapshot was taken in %(number)d ms.") % {"number": snapshot.took_ms})
            return _to_workspace(request)
        context = latest_context(snapshot, request.POST.get("range", ""), preferred_zone(request))
        return render(request, "statistics_app/_numbers.html", {**context, "is_new": True, "formats": FORMATS})


def _to_workspace(request: HttpRequest) -> HttpResponse:
    """Let the browser load the workspace page, also if htmx has sent the request."""
    if is_partial(request):
        return HttpResponse(headers={"HX-Redirect": reverse("statistics:workspace")})
    return redirect("statistics:workspace")


class AsOfView(StatisticsPage, DetailView):
    """The line above the numbers, requested again once a newer snapshot is due: whether there is one, or why not."""

    template_name = "statistics_app/_as_of.html"
    queryset = Snapshot.objects.without_documents()

    def denied_response(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return an empty response if access is denied.

        The page requests the line by itself, so the reader must not be redirected away from it.
        """
        return HttpResponse(status=204) if super().denied_response(request) else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context with the present state of the snapshot."""
        return super().get_context_data(as_of=as_of(self.object), announces_overdue=True, **kwargs)


class SnapshotsView(StatisticsPage, ListView):
    """The list of all snapshots."""

    template_name = "statistics_app/snapshots.html"
    context_object_name = "snapshots"
    paginate_by = 25
    paginator_class = SnapshotPaginator
    queryset = Snapshot.objects.newest_first().without_documents()
    extra_context = {"here": "snapshots", "formats": FORMATS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context with a page of the list and, on the first, with the schedule."""
        context = super().get_context_data(**kwargs)
        is_first = bool(context["snapshots"]) and context["page_obj"].number == 1
        return {**context, "schedule": schedule(timezone.now()) if is_first else None}


class SnapshotView(StatisticsPage, DetailView):
    """The page of one snapshot."""

    template_name = "statistics_app/snapshot.html"
    model = Snapshot
    extra_context = {"formats": FORMATS, "here": "snapshots"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context with the snapshot's numbers, its neighbours, and its differences from the previous one."""
        earlier, later = Snapshot.objects.neighbours_of(self.object)
        context = snapshot_context(self.object, self.request.GET.get("range", ""), preferred_zone(self.request))
        changes = changes_since(earlier, self.object)
        return super().get_context_data(**context, earlier=earlier, later=later, changes=changes, **kwargs)


class SnapshotOfStepView(StatisticsPage, View):
    """The way from a point of a chart, or a row of a table, to its snapshot."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the last snapshot of a range of time, or to the nearest one and say so; 404 without any."""
        try:
            since, until = moment(request.GET, "since") or BEGINNING, moment(request.GET, "until") or END
        except ParameterError as error:
            return HttpResponseBadRequest(error.translated, content_type="text/plain; charset=utf-8")
        step = TimeRange(since, until)
        snapshot = Snapshot.objects.nearest(step)
        if snapshot is None:
            raise Http404
        if snapshot.created_at not in step:
            messages.info(request, gettext("No snapshot was taken in that step: showing the nearest one instead."))
        return redirect("statistics:snapshot", snapshot.pk)


class ExportView(StatisticsPage, View):
    """The download of one snapshot, or of all, as a file."""

    def get(self, request: HttpRequest, pk: str | None = None) -> HttpResponseBase:
        """Return the snapshots in the requested format; 404 for an unknown format or snapshot."""
        file_format = FORMATS.get(request.GET.get("format", "json"))
        rows = Snapshot.objects.filter(pk=pk) if pk else Snapshot.objects.all()
        if file_format is None or (pk and not rows.exists()):
            raise Http404
        content = file_format.write_snapshots(rows.streamed())
        return file_response(request, file_format, content, f"statistics-{pk}" if pk else "statistics")


class NotFoundView(BasePage, View):
    """The answer to every path that is not a page."""

    def denied_response(self, request: HttpRequest) -> HttpResponseBase | None:
        """Raise Http404 for every method, whether or not the user is signed in."""
        raise Http404


class DefinitionsView(StatisticsPage, TemplateView):
    """The definitions of all statistics."""

    template_name = "statistics_app/definitions.html"
    extra_context = {"here": "definitions"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context with all terms by group, in the reader's language."""
        return super().get_context_data(groups=list(glossary()), **kwargs)
