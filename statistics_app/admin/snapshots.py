"""Snapshots in Django's admin: read-only, with a button that takes a new one.

Every process of the host loads this module, so what only requests need is imported by them.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..accounts.permissions import can_view_statistics
from ..models import Snapshot
from ..models.snapshot import null_first
from ..models.utc_text import utc_text
from ..presentation.paging import SnapshotPaginator


class ProblemsFilter(admin.SimpleListFilter):
    """A filter for snapshots with unknown values, or without any."""

    title = _("problems")
    parameter_name = "problems"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two choices."""
        return [("yes", gettext("some values unknown")), ("no", gettext("all values known"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the snapshots that match the selected choice."""
        if self.value() == "yes":
            return queryset.exclude(problems={})
        if self.value() == "no":
            return queryset.filter(problems={})
        return queryset


@admin.register(Snapshot)
class SnapshotAdmin(admin.ModelAdmin):
    """The history of snapshots, newest first."""

    change_list_template = "statistics_app/admin/change_list.html"
    change_form_template = "statistics_app/admin/change_form.html"
    list_display = ("taken", "origin", "messages", "users", "online", "rooms", "took", "unknown_count")
    list_filter = ("origin", "counting", ProblemsFilter, "created_at")
    date_hierarchy = "created_at"
    paginator = SnapshotPaginator
    ordering = ("-created_at", "-pk")
    search_fields = ("=id", "host")
    search_help_text = _("Search by ID or host.")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("id", "taken", "origin", "slot_began", "took", "host", "counting", "counted", "unknown")}),
        (_("Changes since the previous snapshot"), {"fields": ("differences",)}),
        (_("Document"), {"fields": ("document_text",)}),
    )

    class Media:
        css = {"all": ["statistics_app/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the snapshots without their documents, which the list does not need."""
        rows: Any = super().get_queryset(request)
        return rows.without_documents()

    def get_urls(self) -> list[URLPattern]:
        """Return the URLs of the admin, with that of the button."""
        take = path("take/", self.admin_site.admin_view(self.take), name="statistics_app_snapshot_take")
        return [take, *super().get_urls()]

    def get_actions(self, request: HttpRequest, action_location: Any = None) -> dict[str, Any]:
        """Return the actions, with one for each format of exports in the list; Django 5.2 has actions nowhere else."""
        from .exports import export_actions  # noqa: PLC0415 - see the module

        if IS_POPUP_VAR in request.GET:
            return {}
        if action_location is None:
            return super().get_actions(request) | export_actions()
        actions: dict[str, Any] = super().get_actions(request, action_location)  # type: ignore[call-arg] # since 6.1
        return actions | export_actions() if action_location.name == "CHANGE_LIST" else actions

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Render the list below the trends of the last days.

        The template calls `trends`, so requests that are denied cause no queries for them.
        """
        from .trends import trends  # noqa: PLC0415 - see the module

        return super().changelist_view(request, {"trends": trends, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Render the page with links to the previous and the next snapshot."""
        earlier, later = Snapshot.objects.without_documents().neighbours_of(context["original"])
        return super().render_change_form(request, {**context, "earlier": earlier, "later": later}, *args, **kwargs)

    def take(self, request: HttpRequest) -> HttpResponse:
        """Take a snapshot now and open it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            return redirect("admin:index")
        from .taking import take_snapshot  # noqa: PLC0415 - see the module

        return take_snapshot(self, request)

    # The snapshot must be visible at once to other processes that wait for it, so the request must not be a transaction.
    take = transaction.non_atomic_requests(take)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the app is shown, which requires permission to view it."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:
        """Return whether the user has the permission to view statistics, or Django's permission to view the model."""
        return can_view_statistics(request.user) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: snapshots are taken with the button, not entered."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:
        """Return False: snapshots never change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:
        """Return False: only retention removes snapshots."""
        return False

    @admin.display(description=_("taken (UTC)"), ordering="created_at")
    def taken(self, snapshot: Snapshot) -> str:
        """Return the time of the snapshot, to the second."""
        return utc_text(snapshot.created_at)

    @admin.display(description=_("slot (UTC)"))
    def slot_began(self, snapshot: Snapshot) -> str:
        """Return the beginning of the slot that the snapshot belongs to."""
        return utc_text(snapshot.slot)

    @admin.display(description=_("messages"), ordering=null_first("total_messages"))
    def messages(self, snapshot: Snapshot) -> int | None:
        """Return the number of messages."""
        return snapshot.total_messages

    @admin.display(description=_("users"), ordering=null_first("total_users"))
    def users(self, snapshot: Snapshot) -> int | None:
        """Return the number of users."""
        return snapshot.total_users

    @admin.display(description=_("online"), ordering=null_first("online_users"))
    def online(self, snapshot: Snapshot) -> int | None:
        """Return the number of users who are online."""
        return snapshot.online_users

    @admin.display(description=_("rooms"), ordering=null_first("total_rooms"))
    def rooms(self, snapshot: Snapshot) -> int | None:
        """Return the number of rooms."""
        return snapshot.total_rooms

    @admin.display(description=_("duration"), ordering="took_ms")
    def took(self, snapshot: Snapshot) -> str:
        """Return how long it took to take the snapshot, in milliseconds."""
        if snapshot.is_imported:
            return "–"
        text = gettext("%(number)s ms") % {"number": number_format(snapshot.took_ms, force_grouping=True)}
        return text.replace(" ", "\N{NO-BREAK SPACE}")

    @admin.display(description=_("unknown"))
    def unknown_count(self, snapshot: Snapshot) -> str:
        """Return the number of unknown values, or nothing if all are known."""
        return str(len(snapshot.problems) or "")

    @admin.display(description=_("unknown"))
    def unknown(self, snapshot: Snapshot) -> str:
        """Return the keys of the unknown values, with the reasons."""
        return "; ".join(f"{key}: {reason}" for key, reason in snapshot.problems.items()) or "–"

    @admin.display(description=_("counted live"))
    def counted(self, snapshot: Snapshot) -> str:
        """Return the counts that were made row by row, with the reasons."""
        return "; ".join(f"{name}: {reason}" for name, reason in snapshot.counted_live.items()) or "–"

    @admin.display(description=_("differences"))
    def differences(self, snapshot: Snapshot) -> SafeString:
        """Return the table of changes since the previous snapshot."""
        from .comparison import changes_since_previous  # noqa: PLC0415 - see the module

        return changes_since_previous(snapshot)

    @admin.display(description=_("as returned by the API"))
    def document_text(self, snapshot: Snapshot) -> str:
        """Return the whole document as HTML."""
        return format_html('<pre tabindex="0">{}</pre>', snapshot.readable)
