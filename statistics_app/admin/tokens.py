"""The tokens of all users in Django's admin, where they can be revoked."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import AccessToken
from ..models.account_key import AccountKey
from ..models.utc_text import utc_text


class ExpiryFilter(admin.SimpleListFilter):
    """A filter for tokens that have expired, or have not."""

    title = _("expiry")
    parameter_name = "expired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two choices."""
        return [("no", gettext("not expired")), ("yes", gettext("expired"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the tokens that match the selected choice."""
        if self.value() == "yes":
            return queryset.expired(timezone.now())
        if self.value() == "no":
            return queryset.unexpired(timezone.now())
        return queryset


class KindFilter(admin.ChoicesFieldListFilter):
    """A filter for the kinds of tokens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("kind")


@admin.register(AccessToken)
class AccessTokenAdmin(admin.ModelAdmin):
    """The tokens, newest first; deleting one revokes it immediately."""

    list_display = ("user", "origin", "name", "last_characters", "created", "last_used", "expires")
    list_filter = (("kind", KindFilter), ExpiryFilter)
    ordering = ("-created_at", "-pk")
    search_help_text = _("Search by username or token name.")
    show_full_result_count = False
    fields = ("user", "origin", "name", "last_characters", "created", "last_used", "expires")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the fields to search, with the username field of the host's user model if it can be joined."""
        by_user = (f"user__{get_user_model().USERNAME_FIELD}",) if _users_are_beside() else ()
        return ("name", *by_user)

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the user, if it can be joined: it may be in another database."""
        return ("user",) if _users_are_beside() else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: tokens are created by their owners, since only they may see them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessToken | None = None) -> bool:
        """Return False: tokens never change."""
        return False

    @admin.display(description=_("kind"), ordering="kind")
    def origin(self, token: AccessToken) -> str:
        """Return the kind of the token."""
        return token.get_kind_display()

    @admin.display(description=_("ends with"))
    def last_characters(self, token: AccessToken) -> str:
        """Return the last characters of the token, by which its owner can identify it."""
        return f"…{token.last_part}"

    @admin.display(description=_("created (UTC)"), ordering="created_at")
    def created(self, token: AccessToken) -> str:
        """Return when the token was created."""
        return utc_text(token.created_at)

    @admin.display(description=_("last used (UTC)"), ordering="last_used_on")
    def last_used(self, token: AccessToken) -> str:
        """Return the day on which the token was last used."""
        return date_format(token.last_used_on, "j M Y") if token.last_used_on else "–"

    @admin.display(description=_("expires (UTC)"), ordering="expires_at")
    def expires(self, token: AccessToken) -> str:
        """Return when the token expires, or a dash if it never does."""
        return utc_text(token.expires_at)


def _users_are_beside() -> bool:
    return cast("AccountKey", AccessToken._meta.get_field("user")).is_beside
