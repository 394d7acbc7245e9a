"""The operations `me` and `info`."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from .. import __version__
from ..accounts.permissions import can_view_statistics
from ..sources.loading import chat_source
from .base import ApiView
from .operation import operation
from .permissions import has_token


class MeView(ApiView):
    """The user whose credentials the request has."""

    @operation("Get the current user", "Me")
    def get(self, request: Request) -> Response:
        """Return the account's description at the top level of the body, where clients expect it."""
        return Response({**user_description(request.user), "success": True})


class InfoView(ApiView):
    """The version of the server: `major.minor`, or the full version for a user who may view statistics."""

    permission_classes = []
    throttle_classes = []

    @operation("Get the version", "Info")
    def get(self, request: Request) -> Response:
        """Return the version; credentials are optional."""
        is_permitted = has_token(request) and can_view_statistics(request.user)
        version = __version__ if is_permitted else short_version()
        # Some clients read the version from `info`, where older servers had it.
        return Response({"version": version, "info": {"version": version}, "success": True})


def short_version() -> str:
    """Return the version as `major.minor`."""
    return ".".join(__version__.split(".")[:2])


def user_description(user: Any) -> dict[str, Any]:
    """Return the description of a user that the host's source provides."""
    return chat_source(timezone.now()).me(user)
