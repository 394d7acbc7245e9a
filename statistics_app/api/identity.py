"""`me` and `info`."""

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
    """Who the credentials belong to."""

    @operation("Who am I", "Me")
    def get(self, request: Request) -> Response:
        """Answer flat, as clients know it."""
        return Response({**description_of(request.user), "success": True})


class InfoView(ApiView):
    """The version: the whole of it only for one who may see statistics."""

    permission_classes = []
    throttle_classes = []

    @operation("The version", "Info")
    def get(self, request: Request) -> Response:
        """Answer anyone."""
        whole = has_token(request) and can_view_statistics(request.user)
        return Response({"version": __version__ if whole else short_version(), "success": True})


def short_version() -> str:
    """Give `major.minor`."""
    return ".".join(__version__.split(".")[:2])


def description_of(user: Any) -> dict[str, Any]:
    """Describe a user as the host's source does."""
    return chat_source(timezone.now()).me(user)
