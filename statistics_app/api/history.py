"""`statistics.history` and `statistics.compare`."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ..history.compare import compare
from ..history.request import DEFAULT_SPAN, HistoryRequest, snapshot_at
from ..history.series import series
from ..history.writing import WRITERS
from ..wire import wire_time
from .base import ApiView
from .described import described
from .history_parameters import COMPARISON, HISTORY
from .permissions import MayViewStatistics


class HistoryView(ApiView):
    """Metrics over time, in the steps of any zone."""

    permission_classes = [MayViewStatistics]

    @described("Metrics over time", "History", parameters=HISTORY, also=("application/jsonl", "text/csv"))
    def get(self, request: Request) -> HttpResponseBase:
        """Answer with a point for each step."""
        asked = HistoryRequest.parse(request.query_params, timezone.now())
        media_type, write = WRITERS[asked.format]
        found = series(asked.metrics, asked.range, asked.shown)
        if asked.format == "json":
            return HttpResponse(write(found, asked.range, asked.shown), content_type=media_type)
        answer = StreamingHttpResponse(write(found, asked.range, asked.shown), content_type=media_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="statistics-history.{asked.format}"'
        return answer


class CompareView(ApiView):
    """Two moments side by side."""

    permission_classes = [MayViewStatistics]

    @described("Two moments side by side", "Comparison", parameters=COMPARISON)
    def get(self, request: Request) -> Response:
        """Answer with both values of every key."""
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
