"""`statistics.export`: snapshots as a stream, in any format of the table."""

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from ..exports.answers import as_answer
from ..exports.formats import FORMATS
from ..exports.ranges import in_range
from ..parameters import choice, moment
from .base import ApiView
from .described import Parameter, described
from .permissions import MayViewStatistics

_TIME = {"type": "string", "format": "date-time"}
PARAMETERS = (
    Parameter("format", "How it is written.", {"type": "string", "enum": [*FORMATS], "default": "json"}, "csv"),
    Parameter("since", "Only snapshots taken at this time or after.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "Only snapshots taken at this time or before.", _TIME, "2027-01-01T00:00:00Z"),
)


class ExportView(ApiView):
    """All stored snapshots, or those of a range, in one answer."""

    permission_classes = [MayViewStatistics]

    @described(
        "The stored snapshots in one file",
        "Documents",
        parameters=PARAMETERS,
        also=tuple(one.media_type.partition(";")[0] for one in FORMATS.values() if one.suffix != "json"),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Answer with a stream."""
        chosen = FORMATS[choice(request.query_params, "format", [*FORMATS])]
        since, until = moment(request.query_params, "since"), moment(request.query_params, "until")
        return as_answer(chosen, in_range(since, until), "statistics")
