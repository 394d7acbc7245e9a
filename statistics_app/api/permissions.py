"""The permission classes."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..accounts.permissions import can_view_statistics
from ..models import AccessToken


def has_token(request: Request) -> bool:
    """Say whether good credentials came along; what the host makes of requests without any does not matter."""
    return isinstance(request.auth, AccessToken)


class IsLoggedIn(BasePermission):
    """Let in whoever has good credentials."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Look for a token, since a session of the web pages opens nothing here."""
        return has_token(request)


class CanViewStatistics(BasePermission):
    """Let in whoever has `view-statistics`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask for the permission of the logged-in user."""
        return has_token(request) and can_view_statistics(request.user)
