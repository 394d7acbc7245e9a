"""Every path below the mount that nothing else answers."""

from typing import Any

from rest_framework.response import Response

from . import errors
from .base import ApiView


class UnknownPathView(ApiView):
    """404 as JSON, whatever the method and whoever asks."""

    authentication_classes = []
    permission_classes = []

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer every method, since this view has a handler for none."""
        return errors.not_found()
