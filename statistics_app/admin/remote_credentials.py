"""The stored account at a remote server in Django's admin, read-only and without its token."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import RemoteCredentials
from ..models.utc_text import utc_text


@admin.register(RemoteCredentials)
class RemoteCredentialsAdmin(admin.ModelAdmin):
    """The account: it is stored and removed by `manage.py statistics_remote`."""

    list_display = ("url", "user_id", "stored", "encrypted")
    fields = ("url", "user_id", "stored", "encrypted", "token")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the account without a default order, which one row does not need."""
        rows: Any = super().get_queryset(request)
        return rows.order_by("pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: a token is not entered where a browser may keep it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: RemoteCredentials | None = None) -> bool:
        """Return False: the token is bound to the address and to the user id."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RemoteCredentials | None = None) -> bool:
        """Return False: the command removes it."""
        return False

    @admin.display(description=_("stored (UTC)"))
    def stored(self, account: RemoteCredentials) -> str:
        """Return when the account was stored."""
        return utc_text(account.stored_at)

    @admin.display(description=_("encrypted (UTC)"))
    def encrypted(self, account: RemoteCredentials) -> str:
        """Return when the token was last encrypted."""
        return utc_text(account.encrypted_at)

    @admin.display(description=_("token"))
    def token(self, account: RemoteCredentials) -> str:
        """Return which key the token is encrypted with, or why it cannot be used."""
        from ..sources.remote_account import state_of_token  # noqa: PLC0415 - only requests need it

        return state_of_token(account)
