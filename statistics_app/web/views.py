"""The pages: each finds its snapshot and hands it to its template."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import DetailView, ListView, TemplateView, View

from .. import snapshots
from ..exports.answers import as_answer
from ..exports.formats import FORMATS
from ..forms import SignInForm
from ..models import Snapshot
from ..models.snapshot import SnapshotQuerySet
from .cards import cards
from .pages import StatisticsPage, StrictPage


class WorkspaceView(StatisticsPage, TemplateView):
    """The latest snapshot."""

    template_name = "statistics_app/workspace.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what is stored: opening a page takes no snapshot."""
        snapshot = Snapshot.objects.latest_taken()
        return super().get_context_data(snapshot=snapshot, cards=cards(snapshot), here="workspace", **kwargs)


class RefreshView(StatisticsPage, View):
    """The button that takes a snapshot."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take it and show it."""
        snapshot = snapshots.refresh()
        messages.success(request, f"A new snapshot was taken in {snapshot.took_ms} ms.")
        return redirect("statistics:workspace")


class SnapshotsView(StatisticsPage, ListView):
    """The history as a table."""

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
    extra_context = {"formats": FORMATS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its cards, and the ones before and after it."""
        earlier, later = Snapshot.objects.without_documents().neighbours_of(self.object)
        return super().get_context_data(cards=cards(self.object), earlier=earlier, later=later, here="snapshots", **kwargs)


class ExportView(StatisticsPage, View):
    """Snapshots as a file: one, or all."""

    def get(self, request: HttpRequest, pk: str | None = None) -> HttpResponseBase:
        """Stream them in the format that was chosen."""
        chosen = FORMATS.get(request.GET.get("format", "json"))
        rows = Snapshot.objects.filter(pk=pk) if pk else Snapshot.objects.all()
        if chosen is None or (pk and not rows.exists()):
            raise Http404
        return as_answer(chosen, rows.streamed(), f"statistics-{pk}" if pk else "statistics")


class SignInView(StrictPage, LoginView):
    """Sign in with name and password."""

    template_name = "statistics_app/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = False


class SignOutView(StrictPage, LogoutView):  # type: ignore[misc] # the decorated dispatch of Django's view
    """Sign out, and back to the sign-in."""

    next_page = "statistics:sign-in"
