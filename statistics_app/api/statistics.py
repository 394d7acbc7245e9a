"""The operations `statistics` and `statistics.list`."""

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
    "Take a new snapshot first. Concurrent requests share a snapshot that was begun after they arrived.",
    {"type": "string", "enum": ["true", "True", "1", "false", "False", "0"], "default": "false"},
    "true",
)

UP_TO_THIS = Link("statistics.list", {"until": "$response.body#/createdAt"})


class StatisticsView(ApiView):
    """The latest snapshot; `refresh=true` takes a new one."""

    permission_classes = [CanViewStatistics]

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the throttle of refreshes or that of reads, which count separately."""
        refreshes = self.request.method in ("GET", "POST") and is_true(self.request.GET, "refresh")
        return [RefreshThrottle() if refreshes else ReadThrottle()]

    @operation("Get the statistics", "Snapshot", parameters=(REFRESH,), links=(UP_TO_THIS,))
    def get(self, request: Request) -> HttpResponse:
        """Return the snapshot's stored body, byte for byte; HEAD never refreshes."""
        wants_refresh = flag(request.query_params, "refresh") and request.method != "HEAD"
        snapshot = generation.refresh() if wants_refresh else generation.latest()
        return HttpResponse(snapshot.body, content_type=JSON)

    # The curl example of Rocket.Chat's documentation sends POST.
    post = get


class StatisticsListView(ApiView):
    """The stored snapshots, page by page."""

    permission_classes = [CanViewStatistics]

    @operation("List the stored snapshots", "SnapshotList", parameters=PARAMETERS)
    def get(self, request: Request) -> HttpResponse:
        """Return one page of the snapshots that match."""
        return HttpResponse(ListQuery.parse(request.query_params).to_json(), content_type=JSON)
