"""The JSON 404 for every unknown path below the API's mount."""

from typing import Any

from django.http import HttpResponse

from . import errors
from .base import ApiView


class UnknownPathView(ApiView):
    """A 404 as JSON for any method, with or without credentials."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def http_method_not_allowed(  # type: ignore[override] # DRF passes any answer of Django's through
        self, request: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the 404; every method ends up here, since the view implements none."""
        return errors.not_found()
