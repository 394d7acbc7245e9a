"""The permission classes."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..access import may_see_statistics


class IsLoggedIn(BasePermission):
    """Let in whoever has good credentials."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Look for a token, since a session of the web pages opens nothing here."""
        return request.auth is not None


class MayViewStatistics(BasePermission):
    """Let in whoever has `view-statistics`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Ask for the permission of the logged-in user."""
        return request.auth is not None and may_see_statistics(request.user)
