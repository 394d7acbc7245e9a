"""Every path below the mount that nothing else answers."""

from typing import Any

from django.http import HttpResponse

from . import errors
from .base import ApiView


class UnknownPathView(ApiView):
    """404 as JSON, whatever the method and whoever asks."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def http_method_not_allowed(  # type: ignore[override] # DRF passes any answer of Django's through
        self, request: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Answer every method, since this view has a handler for none."""
        return errors.not_found()
