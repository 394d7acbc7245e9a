"""HTTP responses that deliver an exported file."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse

from .base import Format


def file_response(format_: Format, content: Iterable[bytes], stem: str) -> StreamingHttpResponse:
    """Return a streaming response with a file as an attachment; the content is never held in memory as a whole."""
    response = StreamingHttpResponse(content, content_type=format_.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{format_.file_name(stem)}"'
    response.headers["Cache-Control"] = "no-store"
    return response
