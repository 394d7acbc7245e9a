"""What a host's wsgi.py and asgi.py put around Django."""

import codecs
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ASGIApplication = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

# RFC 2046 gives a boundary 70 characters.
LONGEST_BOUNDARY, MOST_PARAMETERS = 100, 10
LONGEST_COOKIE = 16_384
# Before Python 3.11.10 the time that a quoted cookie takes grows with its backslashes times its length.
MOST_BACKSLASHES = 500
# Where a cookie goes that is not to be parsed. It is still a header, whose bytes the API looks at.
UNREAD_COOKIE = "COOKIE_UNREAD"
_ESCAPED_AGAIN = "statistics_app.escaped_again"


def sanitized(application: WSGIApplication) -> WSGIApplication:
    """Take from a request's head what costs Django much, or makes it fail, before any view is asked."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _plain_content_type(environ.get("CONTENT_TYPE", ""))
        environ["PATH_INFO"] = _text_of_path(environ.get("PATH_INFO", "").encode("latin-1")).encode().decode("latin-1")
        if _is_dear(environ.get("HTTP_COOKIE", "")):
            environ[f"HTTP_{UNREAD_COOKIE}"] = environ.pop("HTTP_COOKIE")
        return application(environ, start_response)

    return serve


def sanitized_asgi(application: ASGIApplication) -> ASGIApplication:
    """Do the same where a server speaks ASGI; there the path comes as text."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": _guarded_headers([(name.lower(), value) for name, value in scope["headers"]])}
        await application(scope, receive, send)

    return serve


def _plain_content_type(written: str) -> str:
    """Leave out all parameters but the boundary of a multipart form, the only one that matters here.

    Django would read the request's text by a charset, fail on codecs that are not for text and on parameters in parts
    (RFC 2231), and take long over many.
    """
    media_type, *parameters = written.split(";", MOST_PARAMETERS)
    boundaries = [each for each in parameters if each.strip().lower().startswith("boundary=") and len(each) <= LONGEST_BOUNDARY]
    return ";".join([media_type, *boundaries[:1]])


def _is_dear(cookie: str) -> bool:
    return len(cookie) > LONGEST_COOKIE or cookie.count("\\") > MOST_BACKSLASHES


def _guarded_headers(headers: RawHeaders) -> RawHeaders:
    kept = [header for header in headers if header[0] not in {b"content-type", b"cookie"}]
    kinds = [value.decode("latin-1") for name, value in headers if name == b"content-type"]
    cookies = [value for name, value in headers if name == b"cookie"]
    kept += [(b"content-type", _plain_content_type(kind).encode("latin-1")) for kind in kinds[:1]]
    is_dear = _is_dear("; ".join(cookie.decode("latin-1") for cookie in cookies))
    name = UNREAD_COOKIE.lower().replace("_", "-").encode() if is_dear else b"cookie"
    return kept + [(name, cookie) for cookie in cookies]


def _text_of_path(path: bytes) -> str:
    """Escape again what is no UTF-8, as Django does; but Django looks at the whole rest again after each such byte."""
    return path.decode(errors=_ESCAPED_AGAIN)


def _escape_again(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "".join(f"%{byte:02X}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_ESCAPED_AGAIN, _escape_again)
