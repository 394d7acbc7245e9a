"""Django's error handlers: JSON below the API, the app's error pages elsewhere."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from statistics_app.api import handlers
from statistics_app.http.security_headers import add_security_headers

Handler = Callable[..., HttpResponseBase]


def _with_security_headers(answer: Callable[..., HttpResponse]) -> Handler:
    """Wrap a handler so that its HTML responses have the same security headers as all other pages."""

    def handler(request: HttpRequest, *exception: Any) -> HttpResponseBase:
        response = answer(request, *exception)
        return add_security_headers(response) if response.headers.get("Content-Type", "").startswith("text/html") else response

    return handler


def handler400(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a malformed or suspicious request."""
    return _with_security_headers(handlers.handler400)(request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that was denied outside of a view, by a middleware for example."""
    return _with_security_headers(handlers.handler403)(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request for a path that does not exist."""
    return _with_security_headers(handlers.handler404)(request, exception)


def handler500(request: HttpRequest) -> HttpResponseBase:
    """Answer a request during which an unexpected exception was raised."""
    return _with_security_headers(handlers.handler500)(request)
