"""The operation `statistics.export`."""

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from ..exports.formats import DEFAULT, FORMATS, media_types
from ..exports.responses import file_response
from ..http.query_parameters import choice, moment
from ..models import Snapshot
from .base import ApiView
from .operation import Parameter, operation
from .permissions import CanViewStatistics

_TIME = {"type": "string", "format": "date-time"}
PARAMETERS = (
    Parameter("format", "The format of the file.", {"type": "string", "enum": [*FORMATS], "default": DEFAULT}, "csv"),
    Parameter("since", "Only snapshots taken at or after this time.", _TIME, "2026-01-01T00:00:00Z"),
    Parameter("until", "Only snapshots taken at or before this time.", _TIME, "2027-01-01T00:00:00Z"),
)


class ExportView(ApiView):
    """All stored snapshots, or those of a time range, as one file, oldest first."""

    permission_classes = [CanViewStatistics]

    @operation(
        "Export the stored snapshots",
        "Documents",
        parameters=PARAMETERS,
        other_media_types=media_types(FORMATS),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Return the snapshots as a file in the requested format."""
        chosen = FORMATS[choice(request.query_params, "format", [*FORMATS])]
        since, until = moment(request.query_params, "since"), moment(request.query_params, "until")
        snapshots = Snapshot.objects.taken_between(since, until).streamed()
        return file_response(request._request, chosen, chosen.write_snapshots(snapshots), "statistics")
