"""The audits of the running counts in Django's admin, read-only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..accounts.permissions import can_view_statistics
from ..models import TallyAudit
from ..models.utc_text import utc_text


class DifferencesFilter(admin.SimpleListFilter):
    """A filter for audits that found differences, or none."""

    title = _("differences")
    parameter_name = "differences"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two choices."""
        return [("yes", gettext("some found")), ("no", gettext("none"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the audits that match the selected choice."""
        if self.value() == "yes":
            return queryset.filter(differences__gt=0)
        if self.value() == "no":
            return queryset.filter(differences=0)
        return queryset


@admin.register(TallyAudit)
class TallyAuditAdmin(admin.ModelAdmin):
    """The audits, newest first."""

    list_display = ("began", "took", "audited", "differences", "repaired")
    list_filter = (DifferencesFilter, "began_at")
    date_hierarchy = "began_at"
    ordering = ("-began_at", "-pk")
    show_full_result_count = False
    fields = ("began", "took", "audited", "differences", "repaired", "details")

    class Media:
        css = {"all": ["statistics_app/admin.css"]}

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the app is shown, which requires permission to view it."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: TallyAudit | None = None) -> bool:
        """Return whether the user has the permission to view statistics, or Django's permission to view the model."""
        return can_view_statistics(request.user) or super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: audits are made by Celery beat and by `manage.py audit_tallies`."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: TallyAudit | None = None) -> bool:
        """Return False: stored audits never change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TallyAudit | None = None) -> bool:
        """Return False: audits cannot be deleted by hand."""
        return False

    @admin.display(description=_("began (UTC)"), ordering="began_at")
    def began(self, audit: TallyAudit) -> str:
        """Return the start of the audit, to the second."""
        return utc_text(audit.began_at)

    @admin.display(description=_("duration"), ordering="took_ms")
    def took(self, audit: TallyAudit) -> str:
        """Return the duration of the audit in milliseconds."""
        text = gettext("%(number)s ms") % {"number": number_format(audit.took_ms, force_grouping=True)}
        return text.replace(" ", "\N{NO-BREAK SPACE}")

    @admin.display(description=_("audited counts"))
    def audited(self, audit: TallyAudit) -> str:
        """Return the names of the audited counts."""
        return ", ".join(audit.counts)

    @admin.display(description=_("details"))
    def details(self, audit: TallyAudit) -> str:
        """Return the findings as HTML, each with the value that was found and the expected one."""
        rows = ((f["count"], f["key"], f["found"], f["expected"]) for f in audit.findings)
        return format_html_join("", gettext("<div>{}, {}: {} instead of {}</div>"), rows) or "–"
