"""`statistics` and `statistics.list`."""

from django.http import HttpResponse
from rest_framework.request import Request

from .. import snapshots
from .base import ApiView
from .listing import Listing
from .permissions import MayViewStatistics
from .reading_requests import flag

JSON = "application/json"


class StatisticsView(ApiView):
    """The latest snapshot; `refresh=true` takes a new one."""

    permission_classes = [MayViewStatistics]

    def get(self, request: Request) -> HttpResponse:
        """Answer with the snapshot's own bytes."""
        wanted = flag(request.query_params, "refresh") and request.method != "HEAD"
        snapshot = snapshots.refresh() if wanted else snapshots.latest()
        return HttpResponse(snapshot.body, content_type=JSON)

    # The documented example posts.
    post = get


class StatisticsListView(ApiView):
    """The stored snapshots, page by page."""

    permission_classes = [MayViewStatistics]

    def get(self, request: Request) -> HttpResponse:
        """Answer with one page."""
        return HttpResponse(Listing.parse(request.query_params).to_json(), content_type=JSON)
