"""Everybody's tokens in Django's admin: to be seen, and to be revoked."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone

from ..models import AccessToken


class ExpiryFilter(admin.SimpleListFilter):
    """Tokens that still open, or that have expired."""

    title = "expiry"
    parameter_name = "expired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the two."""
        return [("no", "still good"), ("yes", "expired")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        if self.value() == "yes":
            return queryset.expired(timezone.now())
        if self.value() == "no":
            return queryset.unexpired(timezone.now())
        return queryset


@admin.register(AccessToken)
class AccessTokenAdmin(admin.ModelAdmin):
    """The tokens, newest first; deleting one revokes it at once."""

    list_display = ("user", "kind", "name", "last_characters", "created_at", "last_used_on", "expires_at")
    list_filter = ("kind", ExpiryFilter)
    list_select_related = ("user",)
    ordering = ("-created_at", "-pk")
    search_help_text = "Find by the user's name, or by what the token is called."
    show_full_result_count = False
    fields = ("user", "kind", "name", "last_characters", "created_at", "last_used_on", "expires_at")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Search by whatever the host calls its users by."""
        return ("name", f"user__{get_user_model().USERNAME_FIELD}")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Its owner makes a token, since only its owner may read it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessToken | None = None) -> bool:
        """A token never changes."""
        return False

    @admin.display(description="last part")
    def last_characters(self, token: AccessToken) -> str:
        """Show what its owner can tell it by."""
        return f"…{token.last_part}"
