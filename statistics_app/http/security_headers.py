"""Response headers of the app's pages: the content security policy, and no caching."""

from django.http.response import HttpResponseBase

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def add_security_headers(response: HttpResponseBase) -> HttpResponseBase:
    """Add `Content-Security-Policy` and `Cache-Control` to a response, unless they are set, and return it."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
