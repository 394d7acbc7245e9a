"""The audits of the running counts in Django's admin: to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join

from ..accounts.permissions import can_view_statistics
from ..models import TallyAudit


class DifferencesFilter(admin.SimpleListFilter):
    """Audits that found something wrong, or nothing."""

    title = "differences"
    parameter_name = "differences"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the two."""
        return [("yes", "some found"), ("no", "none")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        return (
            queryset.filter(differences__gt=0)
            if self.value() == "yes"
            else (queryset.filter(differences=0) if self.value() == "no" else queryset)
        )


@admin.register(TallyAudit)
class TallyAuditAdmin(admin.ModelAdmin):
    """The audits, newest first."""

    list_display = ("began", "took", "audited", "differences", "repaired")
    list_filter = (DifferencesFilter, "began_at")
    date_hierarchy = "began_at"
    ordering = ("-began_at", "-pk")
    show_full_result_count = False
    fields = ("began", "took", "audited", "differences", "repaired", "what_differed")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to whoever may see statistics."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: TallyAudit | None = None) -> bool:
        """Let in with the one permission, or with Django's own."""
        return can_view_statistics(request.user) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Audits are made by beat and by `manage.py audit_tallies`."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: TallyAudit | None = None) -> bool:
        """What was found does not change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TallyAudit | None = None) -> bool:
        """Nor does it go."""
        return False

    @admin.display(description="began (UTC)", ordering="began_at")
    def began(self, audit: TallyAudit) -> str:
        """Say when, to the second."""
        return f"{audit.began_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="took", ordering="took_ms")
    def took(self, audit: TallyAudit) -> str:
        """Say how long it took."""
        return f"{audit.took_ms} ms"

    @admin.display(description="counts")
    def audited(self, audit: TallyAudit) -> str:
        """Name what was compared."""
        return ", ".join(audit.counts)

    @admin.display(description="what differed")
    def what_differed(self, audit: TallyAudit) -> str:
        """List the findings: what it was, what it should have been."""
        rows = ((f["count"], f["key"], f["found"], f["expected"]) for f in audit.findings)
        return format_html_join("", "<div>{}, {}: {}, not {}</div>", rows) or "–"
