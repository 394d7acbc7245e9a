"""WSGI and ASGI middleware that removes expensive or invalid parts of a request's head, and adds what Django needs."""

import codecs
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings

from .request_body import add_length, with_whole_bodies

ASGIApplication = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

# RFC 2046 allows 70 characters for a boundary; the limit includes the parameter's name.
MAX_BOUNDARY_LENGTH, MAX_PARAMETERS = 100, 10
MAX_COOKIE_LENGTH = 16_384
# Before Python 3.11.10, parsing a quoted cookie takes time in proportion to its backslashes times its length.
MAX_BACKSLASHES = 500
# The header that a cookie is moved to if it must not be parsed; the API still checks its bytes, as those of any header.
UNREAD_COOKIE = "COOKIE_UNREAD"
_PERCENT_ENCODE = "statistics_app.percent_encode"


def sanitized(application: WSGIApplication) -> WSGIApplication:
    """Wrap a WSGI application so that it never sees parts of a request's head that Django parses slowly or fails on.

    A request without a host is one for the first of ALLOWED_HOSTS, and bodies are read whole: see `request_body`.
    """
    application = with_whole_bodies(application)

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _sanitize_content_type(environ.get("CONTENT_TYPE", ""))
        environ["PATH_INFO"] = _decode_path(environ.get("PATH_INFO", "").encode("latin-1")).encode().decode("latin-1")
        if _is_expensive(environ.get("HTTP_COOKIE", "")):
            environ[f"HTTP_{UNREAD_COOKIE}"] = environ.pop("HTTP_COOKIE")
        if not environ.get("HTTP_HOST"):
            environ["HTTP_HOST"] = default_host()
        return application(environ, start_response)

    return serve


def sanitized_asgi(application: ASGIApplication) -> ASGIApplication:
    """Wrap an ASGI application in the same way; ASGI servers pass the path already decoded."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            # Older versions of Django take an underscore for a hyphen, so that a client could forge what a proxy sets.
            headers = [(name.lower(), value) for name, value in scope["headers"] if b"_" not in name]
            scope = {**scope, "headers": _sanitize_headers(headers)}
            scope, receive = await add_length(scope, receive)
        await application(scope, receive, send)

    return serve


def default_host() -> str:
    """Return the host that serves requests without one, which only HTTP/1.0 allows and load balancers' checks send."""
    return next((host.lstrip(".") for host in settings.ALLOWED_HOSTS if host.strip(".*")), "localhost")


def _sanitize_content_type(content_type: str) -> str:
    """Remove all parameters except the boundary of a multipart form, the only one that is needed.

    Django would decode the request with the given charset, fail on codecs that are not text encodings and on parameters in
    sections (RFC 2231), and be slow with many parameters.
    """
    media_type, *parameters = content_type.split(";", MAX_PARAMETERS)
    boundaries = [
        part for part in parameters if part.strip().lower().startswith("boundary=") and len(part) <= MAX_BOUNDARY_LENGTH
    ]
    return ";".join([media_type, *boundaries[:1]])


def _is_expensive(cookie: str) -> bool:
    return len(cookie) > MAX_COOKIE_LENGTH or cookie.count("\\") > MAX_BACKSLASHES


def _sanitize_headers(headers: RawHeaders) -> RawHeaders:
    kept = [header for header in headers if header[0] not in {b"content-type", b"cookie"} and header != (b"host", b"")]
    if not any(name == b"host" for name, _ in kept):
        kept.append((b"host", default_host().encode()))
    content_types = [value.decode("latin-1") for name, value in headers if name == b"content-type"]
    cookies = [value for name, value in headers if name == b"cookie"]
    kept += [(b"content-type", _sanitize_content_type(content_type).encode("latin-1")) for content_type in content_types[:1]]
    is_expensive = _is_expensive("; ".join(cookie.decode("latin-1") for cookie in cookies))
    name = UNREAD_COOKIE.lower().replace("_", "-").encode() if is_expensive else b"cookie"
    return kept + [(name, cookie) for cookie in cookies]


def _decode_path(path: bytes) -> str:
    """Decode a path and percent-encode bytes that are not UTF-8, as Django does, but in linear time.

    Django checks the whole rest of the path again after each such byte.
    """
    return path.decode(errors=_PERCENT_ENCODE)


def _percent_encode(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - for the type checker only
    return "".join(f"%{byte:02X}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_PERCENT_ENCODE, _percent_encode)
