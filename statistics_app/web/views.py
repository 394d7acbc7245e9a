"""The workspace's page and the snapshots': each finds its snapshot and hands it to its template."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.generic import DetailView, ListView, TemplateView, View

from ..exports.formats import FORMATS
from ..exports.responses import file_response
from ..http.preferences import preferred_zone
from ..models import Snapshot
from ..models.snapshot import SnapshotQuerySet
from ..presentation.comparison import changed_rows
from ..presentation.glossary import glossary
from ..snapshots import generation
from .as_of import as_of
from .base import BasePage, StatisticsPage, is_partial
from .snapshot_context import latest_context, snapshot_context


class WorkspaceView(StatisticsPage, TemplateView):
    """The latest snapshot."""

    template_name = "statistics_app/workspace.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what is stored: opening a page takes no snapshot."""
        shown = latest_context(Snapshot.objects.latest_taken(), self.request.GET.get("range", ""), preferred_zone(self.request))
        return super().get_context_data(**shown, formats=FORMATS, here="workspace", **kwargs)


class RefreshView(StatisticsPage, View):
    """The button that takes a snapshot."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take it and show it: its numbers alone where they can be put in place."""
        snapshot = generation.refresh()
        if not is_partial(request):
            messages.success(request, f"A new snapshot was taken in {snapshot.took_ms} ms.")
            return redirect("statistics:workspace")
        shown = latest_context(snapshot, request.POST.get("range", ""), preferred_zone(request))
        return render(request, "statistics_app/_numbers.html", {**shown, "is_new": True, "formats": FORMATS})


class AsOfView(StatisticsPage, DetailView):
    """The line above numbers that have grown old meanwhile: whether newer ones are there, or why not."""

    template_name = "statistics_app/_as_of.html"
    queryset = Snapshot.objects.without_documents()

    def refuse(self, request: HttpRequest) -> HttpResponseBase | None:
        """Say nothing to whoever may not know: nobody pressed anything, so nobody is led away from what they read."""
        return HttpResponse(status=204) if super().refuse(request) else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Look anew."""
        return super().get_context_data(as_of=as_of(self.object), is_alone=True, **kwargs)


class SnapshotsView(StatisticsPage, ListView):
    """All snapshots as a table."""

    template_name = "statistics_app/snapshots.html"
    context_object_name = "snapshots"
    paginate_by = 25
    extra_context = {"here": "snapshots", "formats": FORMATS}

    def get_queryset(self) -> SnapshotQuerySet:
        """List all, without their documents."""
        return Snapshot.objects.newest_first().without_documents()


class SnapshotView(StatisticsPage, DetailView):
    """One snapshot."""

    template_name = "statistics_app/snapshot.html"
    model = Snapshot
    extra_context = {"formats": FORMATS, "here": "snapshots"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its numbers, the ones before and after it, and what changed since the one before."""
        earlier, later = Snapshot.objects.neighbours_of(self.object)
        shown = snapshot_context(self.object, self.request.GET.get("range", ""), preferred_zone(self.request))
        differences = changed_rows(earlier, self.object) if earlier else []
        return super().get_context_data(**shown, earlier=earlier, later=later, differences=differences, **kwargs)


class ExportView(StatisticsPage, View):
    """Snapshots as a file: one, or all."""

    def get(self, request: HttpRequest, pk: str | None = None) -> HttpResponseBase:
        """Stream them in the format that was chosen."""
        chosen = FORMATS.get(request.GET.get("format", "json"))
        rows = Snapshot.objects.filter(pk=pk) if pk else Snapshot.objects.all()
        if chosen is None or (pk and not rows.exists()):
            raise Http404
        return file_response(chosen, chosen.write_snapshots(rows.streamed()), f"statistics-{pk}" if pk else "statistics")


class NotFoundView(BasePage, View):
    """Whatever is no page."""

    def refuse(self, request: HttpRequest) -> HttpResponseBase | None:
        """Say so, whatever was to be done."""
        raise Http404


class DefinitionsView(StatisticsPage, TemplateView):
    """What every number means."""

    template_name = "statistics_app/definitions.html"
    extra_context = {"groups": list(glossary()), "here": "definitions"}
