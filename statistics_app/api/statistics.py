"""The operations `statistics` and `statistics.list`."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from ..http.compression import accepts_gzip
from ..http.query_parameters import flag, is_true
from ..snapshots import generation
from ..snapshots.latest import LatestBody, latest_body
from .base import ApiView
from .list_query import PARAMETERS, ListQuery
from .operation import Link, Parameter, operation
from .permissions import CanViewStatistics
from .throttles import ReadThrottle, RefreshThrottle

JSON = "application/json"
REFRESH = Parameter(
    "refresh",
    "Take a new snapshot first. Concurrent requests share a snapshot that was begun after they arrived.",
    # What else is accepted would only be the same word twice to a generator of clients.
    {"type": "string", "enum": ["true", "false"], "default": "false"},
    "true",
)

# A client asks with one of these whether what it has is still the newest.
_CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"}

UP_TO_THIS = Link("statistics.list", {"until": "$response.body#/createdAt"})


class StatisticsView(ApiView):
    """The latest snapshot; `refresh=true` takes a new one."""

    permission_classes = [CanViewStatistics]

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the throttle of refreshes or that of reads, which count separately."""
        request = self.request._request
        refreshes = request.method in ("GET", "POST") and is_true(request.GET, "refresh")
        return [RefreshThrottle() if refreshes else ReadThrottle()]

    @operation("Get the statistics", "Snapshot", parameters=(REFRESH,), links=(UP_TO_THIS,), is_conditional=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Return the snapshot's stored body, byte for byte; HEAD never refreshes."""
        wants_refresh = flag(request.query_params, "refresh")
        if wants_refresh and request.method != "HEAD":
            return HttpResponse(generation.refresh().body, content_type=JSON)
        return respond(request._request, latest_body())

    @operation("Get the statistics", "Snapshot", parameters=(REFRESH,), links=(UP_TO_THIS,))
    def post(self, request: Request) -> HttpResponse:
        """Do the same, without conditions: the curl example of Rocket.Chat's documentation sends POST."""
        snapshot = generation.refresh() if flag(request.query_params, "refresh") else generation.latest()
        return HttpResponse(snapshot.body, content_type=JSON)


def respond(request: HttpRequest, latest: LatestBody) -> HttpResponseBase:
    """Return the response with the newest snapshot, compressed if the client asks for it; 304 if the client has it already."""
    etag = f'W/"{latest.id}"'
    response = _conditional_response(request, etag, latest) if _CONDITIONS & request.META.keys() else None
    if response is None or response.status_code != 304:
        is_compressed = accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        response = HttpResponse(latest.compressed if is_compressed else latest.body, content_type=JSON)
        if is_compressed:
            response.headers["Content-Encoding"] = "gzip"
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if latest.last_modified:
        headers["Last-Modified"] = latest.last_modified
    if age := latest.age:
        headers["Age"] = str(age)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _conditional_response(request: HttpRequest, etag: str, latest: LatestBody) -> HttpResponseBase | None:
    # Nearly all clients send the whole ETag back; parsing that costs more than making the response.
    if request.META.get("HTTP_IF_NONE_MATCH") == etag:
        return HttpResponseNotModified()
    return get_conditional_response(request, etag, latest.modified_at)


class StatisticsListView(ApiView):
    """The stored snapshots, page by page."""

    permission_classes = [CanViewStatistics]

    @operation("List the stored snapshots", "SnapshotList", parameters=PARAMETERS)
    def get(self, request: Request) -> HttpResponse:
        """Return one page of the snapshots that match."""
        return HttpResponse(ListQuery.parse(request.query_params).to_json(), content_type=JSON)
