"""The operations `statistics.history` and `statistics.compare`."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ..exports.file_names import series_file_stem
from ..exports.formats import DEFAULT, SERIES_FORMATS, media_types
from ..exports.responses import file_response
from ..history.comparison import compare
from ..history.request import DEFAULT_SPAN, HistoryRequest, snapshot_at
from ..history.series import series
from ..http.query_parameters import choice
from ..serialization import wire_time
from .base import ApiView
from .history_parameters import COMPARISON, HISTORY
from .operation import operation
from .permissions import CanViewStatistics


class HistoryView(ApiView):
    """One or more metrics over time, by steps in a time zone."""

    permission_classes = [CanViewStatistics]

    @operation("Get metrics over time", "History", parameters=HISTORY, other_media_types=media_types(SERIES_FORMATS))
    def get(self, request: Request) -> HttpResponseBase:
        """Return the series, as JSON or as a file."""
        query = HistoryRequest.parse(request.query_params, timezone.now())
        chosen = SERIES_FORMATS[choice(request.query_params, "format", [*SERIES_FORMATS])]
        content = chosen.write_series(series(query.metrics, query.range, query.mode), query.range, query.mode)
        if chosen.name == DEFAULT:
            return HttpResponse(content, content_type=chosen.media_type)
        return file_response(chosen, content, series_file_stem(query.metrics, query.range))


class CompareView(ApiView):
    """The value of every key at two moments, and the difference."""

    permission_classes = [CanViewStatistics]

    @operation("Compare two moments", "Comparison", parameters=COMPARISON)
    def get(self, request: Request) -> Response:
        """Return the comparison of the two snapshots that the moments select."""
        now = timezone.now()
        a = snapshot_at(request.query_params, "a", now - DEFAULT_SPAN, now)
        b = snapshot_at(request.query_params, "b", now, now)
        return Response(
            {
                **{name: {"_id": one.pk, "createdAt": wire_time(one.created_at)} for name, one in (("a", a), ("b", b))},
                "compared": [
                    {"key": one.key, "a": one.a, "b": one.b, "difference": one.difference, "percent": one.percent}
                    for one in compare(a, b)
                ],
                "success": True,
            }
        )
