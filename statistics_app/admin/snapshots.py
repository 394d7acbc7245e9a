"""Snapshots in Django's admin: to be read, and to be taken; never to be changed."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..accounts.permissions import can_view_statistics
from ..exports.base import Format
from ..exports.formats import FORMATS
from ..exports.responses import file_response
from ..models import Snapshot
from ..snapshots import generation
from .comparison import changes_since_previous
from .messages import add_snapshot_messages
from .trends import trends


class ProblemsFilter(admin.SimpleListFilter):
    """Snapshots in which something is unknown, or in which all is known."""

    title = "problems"
    parameter_name = "problems"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the two."""
        return [("yes", "something unknown"), ("no", "all known")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        if self.value() == "yes":
            return queryset.exclude(problems={})
        if self.value() == "no":
            return queryset.filter(problems={})
        return queryset


def _exporting(name: str, chosen: Format) -> Any:
    """Make the action that exports what is selected."""

    @admin.action(description=f"Export as {chosen.label}", permissions=["view"])
    def export(admin_: Any, request: HttpRequest, queryset: Any) -> StreamingHttpResponse:
        return file_response(chosen, chosen.write_snapshots(queryset.streamed()), "statistics")

    export.__name__ = f"export_{name}"
    return export


@admin.register(Snapshot)
class SnapshotAdmin(admin.ModelAdmin):
    """The history of snapshots, newest first."""

    change_list_template = "statistics_app/admin/change_list.html"
    change_form_template = "statistics_app/admin/change_form.html"
    list_display = ("taken", "origin", "messages", "users", "online", "rooms", "took", "unknown_count")
    list_filter = ("origin", "counting", ProblemsFilter, "created_at")
    date_hierarchy = "created_at"
    actions = tuple(_exporting(name, chosen) for name, chosen in FORMATS.items())
    ordering = ("-created_at", "-pk")
    search_fields = ("=id", "host")
    search_help_text = "Find by id or by host."
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("id", "taken", "origin", "slot_began", "took", "host", "counting", "counted", "unknown")}),
        ("Changed since the one before", {"fields": ("differences",)}),
        ("Document", {"fields": ("document_text",)}),
    )

    class Media:
        css = {"all": ["statistics_app/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the documents out of the list."""
        rows: Any = super().get_queryset(request)
        return rows.without_documents()

    def get_urls(self) -> list[URLPattern]:
        """Add the button's path."""
        take = path("take/", self.admin_site.admin_view(self.take), name="statistics_app_snapshot_take")
        return [take, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Draw the last days over the list; the template asks for them, so who may not see the list costs no query."""
        return super().changelist_view(request, {"trends": trends, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Lead on to the snapshots before and after."""
        earlier, later = Snapshot.objects.without_documents().neighbours_of(context["original"])
        return super().render_change_form(request, {**context, "earlier": earlier, "later": later}, *args, **kwargs)

    def take(self, request: HttpRequest) -> HttpResponse:
        """Take a snapshot now and open it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            return redirect("admin:index")
        taken = generation.refresh()
        add_snapshot_messages(request, taken)
        return redirect(reverse("admin:statistics_app_snapshot_change", args=[taken.pk], current_app=self.admin_site.name))

    # The snapshot has to be visible to all who wait for it, so the request is no transaction.
    take = transaction.non_atomic_requests(take)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to whoever may see statistics."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:
        """Let in with the one permission, or with Django's own."""
        return can_view_statistics(request.user) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Snapshots are taken, not typed."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:
        """A snapshot never changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:
        """Only retention removes snapshots."""
        return False

    @admin.display(description="taken (UTC)", ordering="created_at")
    def taken(self, snapshot: Snapshot) -> str:
        """Say when, to the second."""
        return f"{snapshot.created_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="slot (UTC)")
    def slot_began(self, snapshot: Snapshot) -> str:
        """Say which slot it is the snapshot of."""
        return f"{snapshot.slot:%Y-%m-%d %H:%M:%S}" if snapshot.slot else "–"

    @admin.display(description="messages", ordering="total_messages")
    def messages(self, snapshot: Snapshot) -> int | None:
        """Repeat the headline."""
        return snapshot.total_messages

    @admin.display(description="users", ordering="total_users")
    def users(self, snapshot: Snapshot) -> int | None:
        """Repeat the headline."""
        return snapshot.total_users

    @admin.display(description="online", ordering="online_users")
    def online(self, snapshot: Snapshot) -> int | None:
        """Repeat the headline."""
        return snapshot.online_users

    @admin.display(description="rooms", ordering="total_rooms")
    def rooms(self, snapshot: Snapshot) -> int | None:
        """Repeat the headline."""
        return snapshot.total_rooms

    @admin.display(description="took", ordering="took_ms")
    def took(self, snapshot: Snapshot) -> str:
        """Say how long it took."""
        return f"{snapshot.took_ms}\N{NO-BREAK SPACE}ms"

    @admin.display(description="unknown")
    def unknown_count(self, snapshot: Snapshot) -> str:
        """Say how much is unknown."""
        return str(len(snapshot.problems) or "")

    @admin.display(description="unknown")
    def unknown(self, snapshot: Snapshot) -> str:
        """Say what is unknown, and why."""
        return "; ".join(f"{key}: {reason}" for key, reason in snapshot.problems.items()) or "–"

    @admin.display(description="counted live")
    def counted(self, snapshot: Snapshot) -> str:
        """Say what was counted row by row, and why."""
        return "; ".join(f"{name}: {reason}" for name, reason in snapshot.counted_live.items()) or "–"

    @admin.display(description="differences")
    def differences(self, snapshot: Snapshot) -> SafeString:
        """Show what became of the numbers since."""
        return changes_since_previous(snapshot)

    @admin.display(description="as the API gave it")
    def document_text(self, snapshot: Snapshot) -> str:
        """Show the whole document."""
        return format_html('<pre tabindex="0">{}</pre>', snapshot.readable)
