"""An export as an answer over HTTP."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse

from ..models import Snapshot
from .formats import Format


def as_answer(chosen: Format, snapshots: Iterable[Snapshot], stem: str) -> StreamingHttpResponse:
    """Stream snapshots as a file that a browser saves; it is never held in memory as a whole."""
    answer = StreamingHttpResponse(chosen.write(snapshots), content_type=chosen.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{chosen.file_name(stem)}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
