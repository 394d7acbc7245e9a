"""The permission classes of the API."""

from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..accounts.credentials import may_view_statistics
from ..accounts.permissions import can_view_people
from ..models import AccessToken


def has_token(request: Request) -> bool:
    """Return whether the request has valid credentials; a user that the host sets by other means does not count."""
    return isinstance(request.auth, AccessToken)


class IsLoggedIn(BasePermission):
    """Permission for requests with valid credentials."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether there is a token; a session of the web pages is not enough."""
        return has_token(request)


class CanViewPeople(BasePermission):
    """Permission for requests whose user has `statistics_app.view_people`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether there is a token and its user has the permission."""
        return has_token(request) and can_view_people(request.user)


class CanViewStatistics(BasePermission):
    """Permission for requests whose user has `statistics_app.view_statistics`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether there is a token and its user has the permission."""
        return has_token(request) and may_view_statistics(cast("AccessToken", request.auth))
