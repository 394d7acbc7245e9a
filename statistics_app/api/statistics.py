"""`statistics` and `statistics.list`."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ..http.query_parameters import flag, is_true
from ..snapshots import generation
from .base import ApiView
from .list_query import PARAMETERS, ListQuery
from .operation import Link, Parameter, operation
from .permissions import CanViewStatistics
from .throttles import ReadThrottle, RefreshThrottle

JSON = "application/json"
REFRESH = Parameter(
    "refresh",
    "Take a new snapshot first; one that was begun after the request came is shared.",
    {"type": "string", "enum": ["true", "True", "1", "false", "False", "0"], "default": "false"},
    "true",
)

UP_TO_THIS = Link("statistics.list", {"until": "$response.body#/createdAt"})


class StatisticsView(ApiView):
    """The latest snapshot; `refresh=true` takes a new one."""

    permission_classes = [CanViewStatistics]

    def get_throttles(self) -> list[BaseThrottle]:
        """Count new snapshots apart from what is only read."""
        refreshes = self.request.method in ("GET", "POST") and is_true(self.request.GET, "refresh")
        return [RefreshThrottle() if refreshes else ReadThrottle()]

    @operation("The statistics", "Snapshot", parameters=(REFRESH,), links=(UP_TO_THIS,))
    def get(self, request: Request) -> HttpResponse:
        """Answer with the snapshot's own bytes."""
        wanted = flag(request.query_params, "refresh") and request.method != "HEAD"
        snapshot = generation.refresh() if wanted else generation.latest()
        return HttpResponse(snapshot.body, content_type=JSON)

    # The documented example posts.
    post = get


class StatisticsListView(ApiView):
    """The stored snapshots, page by page."""

    permission_classes = [CanViewStatistics]

    @operation("The stored snapshots", "SnapshotList", parameters=PARAMETERS)
    def get(self, request: Request) -> HttpResponse:
        """Answer with one page."""
        return HttpResponse(ListQuery.parse(request.query_params).to_json(), content_type=JSON)
