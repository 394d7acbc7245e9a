"""The operations `statistics.history` and `statistics.compare`."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ..exports.file_names import series_file_stem
from ..exports.formats import DEFAULT, SERIES_FORMATS, media_types
from ..exports.responses import file_response
from ..history.comparison import compare
from ..history.moments import State, state_from
from ..history.request import DEFAULT_SPAN, HistoryRequest
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
        return file_response(request._request, chosen, content, series_file_stem(query.metrics, query.range))


class CompareView(ApiView):
    """The value of every key at two moments, and the difference."""

    permission_classes = [CanViewStatistics]

    @operation("Compare two moments", "Comparison", parameters=COMPARISON)
    def get(self, request: Request) -> Response:
        """Return the comparison of the two moments; by default, the first is exactly 30 days before the second."""
        now = timezone.now()
        b = state_from(request.query_params, "b", now, now)
        a = state_from(request.query_params, "a", b.created_at - DEFAULT_SPAN, now)
        return Response(
            {
                "a": _moment(a),
                "b": _moment(b),
                "compared": [
                    {"key": one.key, "a": one.a, "b": one.b, "difference": one.difference, "percent": one.percent}
                    for one in compare(a, b)
                ],
                "differentServers": b.is_of_other_server(a),
                "success": True,
            }
        )


def _moment(state: State) -> dict[str, Any]:
    return {
        "_id": state.pk,
        "createdAt": wire_time(state.created_at),
        "certainty": state.certainty,
        "problems": dict(state.problems),
    }
