"""WSGI and ASGI middleware for request bodies that would be lost: those without a length, and those that no view reads."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any, NoReturn
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import LimitedStream

# The size of a body without a length, unless DATA_UPLOAD_MAX_MEMORY_SIZE says another.
DEFAULT_LIMIT = 2_621_440
# A server closes the connection if more was left than its buffers hold, which a client that keeps it alive takes for a failure.
MAX_UNREAD_BYTES = 262_144
_BLOCK = 65_536


def with_whole_bodies(application: WSGIApplication) -> WSGIApplication:
    """Wrap a WSGI application: a body in chunks gets a length, and what the application leaves of a small body is read."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("CONTENT_LENGTH") and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            _add_length(environ)
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or not 0 < int(length) <= MAX_UNREAD_BYTES:
            return application(environ, start_response)
        environ["wsgi.input"] = body = LimitedStream(environ["wsgi.input"], int(length))
        response = application(environ, start_response)
        while body.read(_BLOCK):
            pass
        return response

    return serve


async def add_length(scope: dict[str, Any], receive: Any) -> tuple[dict[str, Any], Any]:
    """Return the scope and the receive function of an ASGI request whose body in chunks has a length."""
    names = {name for name, _ in scope["headers"]}
    if b"transfer-encoding" not in names or b"content-length" in names:
        return scope, receive
    limit, body, messages = _limit(), 0, []
    while body <= limit:
        message = await receive()
        messages.append(message)
        body += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    pending = iter(messages)

    async def replay() -> Any:
        return next(pending, None) or await receive()

    return {**scope, "headers": [*scope["headers"], (b"content-length", str(body).encode())]}, replay


def _add_length(environ: WSGIEnvironment) -> None:
    limit = _limit()
    body = environ["wsgi.input"].read(limit + 1)
    environ["wsgi.input"] = BytesIO(body) if len(body) <= limit else _TooLarge()
    environ["CONTENT_LENGTH"] = str(len(body))


def _limit() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or DEFAULT_LIMIT


class _TooLarge:
    """A body that was not read to its end, and that nobody may take for complete."""

    def read(self, *_: Any) -> NoReturn:
        raise RequestDataTooBig("A body without a Content-Length is too large.")

    readline = read
