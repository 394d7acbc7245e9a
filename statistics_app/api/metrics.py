"""The metrics that Prometheus scrapes."""

from django.http import HttpResponse
from rest_framework.request import Request

from .authentication import ScrapeAuthentication
from .base import ApiView
from .operation import operation
from .permissions import CanViewStatistics


class MetricsView(ApiView):
    """The newest values in Prometheus' text format, or in OpenMetrics where the `Accept` header asks for it.

    Credentials are a bearer token, or by Basic authentication a user id as the name and a token as the password. A host may
    also mount this view at a path of its own.
    """

    authentication_classes = [ScrapeAuthentication]
    permission_classes = [CanViewStatistics]

    @operation("Get metrics for Prometheus", "", other_media_types=("text/plain", "application/openmetrics-text"))
    def get(self, request: Request) -> HttpResponse:
        """Return the metrics."""
        from ..monitoring.exposition import exposition  # noqa: PLC0415 - what writes them is seldom needed

        text, media_type = exposition(request._request.META.get("HTTP_ACCEPT", ""))
        return HttpResponse(text, content_type=media_type)
