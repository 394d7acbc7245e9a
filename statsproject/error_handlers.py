"""What the host answers when something fails before or beside a view: JSON below the API, pages in house style elsewhere."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from statistics_app.api import handlers
from statistics_app.http.security_headers import add_security_headers

Handler = Callable[..., HttpResponseBase]


def _strictly(answer: Callable[..., HttpResponse]) -> Handler:
    """Let a page load no more than all other pages may."""

    def handler(request: HttpRequest, *exception: Any) -> HttpResponseBase:
        response = answer(request, *exception)
        return add_security_headers(response) if response.headers.get("Content-Type", "").startswith("text/html") else response

    return handler


def handler400(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that Django cannot work with."""
    return _strictly(handlers.handler400)(request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what a middleware forbids."""
    return _strictly(handlers.handler403)(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a path that leads nowhere."""
    return _strictly(handlers.handler404)(request, exception)


def handler500(request: HttpRequest) -> HttpResponseBase:
    """Answer what nobody expected."""
    return _strictly(handlers.handler500)(request)
